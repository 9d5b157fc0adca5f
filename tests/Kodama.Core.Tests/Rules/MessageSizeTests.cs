using static Kodama.Core.Tests.FilterTester;

namespace Kodama.Core.Tests;

public class MessageSizeTests
{
    [Fact]
    public async Task MaxMessageSize_TextAndBinary_HaveBoundsOfTheirOwn()
    {
        var tester = await MakeAsync(rules => rules.MaxMessageSize(text: 4, binary: 2));

        await tester.PassesAsync("four");
        await tester.DropsAsync("fivee", "Too large: 5 bytes of text, and 4 are allowed.");
        await tester.DropsAsync("木霊", "Too large: 6 bytes of text, and 4 are allowed.");
        await tester.PassesAsync(Payload.Of(new byte[2]));
        await tester.DropsAsync(Payload.Of(new byte[3]), "Too large: 3 bytes of binary data, and 2 are allowed.");
        await tester.PassesAsync(Json("[1]", new byte[1], new byte[1]));
        await tester.DropsAsync(Json("[1]", new byte[2], new byte[1]), "Too large: 3 bytes of binary data, and 2 are allowed.");
        await tester.DropsAsync(Json("[123]"), "Too large: 5 bytes of text, and 4 are allowed.");
    }

    [Fact]
    public async Task MaxMessageSize_OneBound_HoldsForBoth()
    {
        var tester = await MakeAsync(rules => rules.MaxMessageSize(3));

        await tester.PassesAsync(Payload.Of(new byte[3]));
        await tester.DropsAsync(Payload.Of(new byte[4]), "Too large: 4 bytes of binary data, and 3 are allowed.");
    }
}
