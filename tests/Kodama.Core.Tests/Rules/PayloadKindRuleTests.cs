using static Kodama.Core.Tests.FilterTester;

namespace Kodama.Core.Tests;

public class PayloadKindRuleTests
{
    [Fact]
    public async Task TextOnly_Binary_IsDropped()
    {
        var tester = await MakeAsync(rules => rules.TextOnly());

        await tester.PassesAsync("text");
        await tester.PassesAsync(Json("[1]"));
        await tester.DropsAsync(Payload.Of(new byte[1]), "Only text is allowed here.");
        await tester.DropsAsync(Json("[1]", new byte[1]), "Only text is allowed here.");
    }

    [Fact]
    public async Task BinaryOnly_Text_IsDropped()
    {
        var tester = await MakeAsync(rules => rules.BinaryOnly());

        await tester.PassesAsync(Payload.Of("x"u8.ToArray()));
        await tester.DropsAsync("text", "Only binary messages are allowed here.");
        await tester.DropsAsync(Json("[1]", new byte[1]), "Only binary messages are allowed here.");
    }
}
