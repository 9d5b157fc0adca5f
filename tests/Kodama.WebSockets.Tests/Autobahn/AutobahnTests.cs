using Kodama.Testing;

namespace Kodama.WebSockets.Tests;

/// <summary>
/// Autobahn's cases against a connection that echoes, as server and as client: the exact bytes of the answers, in their order, however what
/// is sent is cut into reads. Where the suite also passes a lesser answer (NON-STRICT), that fails here.
/// </summary>
public sealed class AutobahnTests
{
    private static readonly MessageReaderOptions Raised = new() { MaxMessageSize = 64 << 20, MaxFragments = 1 << 20 };

    public static TheoryData<string, WebSocketRole> Small => Numbers(it => !IsLarge(it));

    public static TheoryData<string, WebSocketRole> Large => Numbers(IsLarge);

    public static TheoryData<string, WebSocketRole> TooLarge => Numbers(it => IsLarge(it) && it.Answers[0].Payload.Length > 1 << 20);

    public static TheoryData<string, WebSocketRole> FailFast => Numbers(it => it.FailsAfter is not null);

    [Fact]
    public void Cases_WithoutThoseOfCompression_AreAllHere() => Assert.Equal(517 - 216, AutobahnCases.All.Count);

    [Theory]
    [MemberData(nameof(Small))]
    public async Task Case_InEveryCut_IsAnsweredStrictly(string number, WebSocketRole role)
    {
        var it = AutobahnCases.All[number];
        var bytes = it.Bytes(masked: role == WebSocketRole.Server);
        await ExpectAsync(it, role, [bytes]);
        await ExpectAsync(it, role, it.Sends.Select(frame => frame.Bytes(masked: role == WebSocketRole.Server)));
        await ExpectAsync(it, role, bytes.Chunk(1));
        await ExpectAsync(it, role, bytes.Chunk(it.Chop ?? 7));
    }

    [Theory]
    [MemberData(nameof(Large))]
    public async Task Case_WithRaisedLimits_IsAnsweredStrictly(string number, WebSocketRole role)
    {
        var it = AutobahnCases.All[number];
        await ExpectAsync(it, role, it.Bytes(masked: role == WebSocketRole.Server).Chunk(it.Chop ?? 64 * 1024));
    }

    [Theory]
    [MemberData(nameof(TooLarge))]
    public async Task Case_OverTheDefaultLimits_IsTooBig(string number, WebSocketRole role)
    {
        var it = AutobahnCase.Fails(number, CloseCodes.MessageTooBig, AutobahnCases.All[number].Sends);
        await ExpectAsync(it, role, it.Bytes(masked: role == WebSocketRole.Server).Chunk(64 * 1024), MessageReaderOptions.Default);
    }

    [Theory]
    [MemberData(nameof(FailFast))]
    public void Case_ThatFailsFast_FailsAtTheFirstWrongByte(string number, WebSocketRole role)
    {
        var it = AutobahnCases.All[number];
        var masked = role == WebSocketRole.Server;
        // The last frame that matters: each before it, and it itself, has a key of four bytes more.
        var keys = masked ? it.Sends.Length == 1 ? 4 : 8 : 0;
        var bytes = it.Bytes(masked)[..(it.FailsAfter!.Value + keys)];
        var echo = new AutobahnEcho(role, Raised);

        // Of F4 90 the second byte is the wrong one.
        var first = bytes.Length - (number is "6.4.1" or "6.4.3" ? 3 : 1);
        echo.Duplex.Arrive(bytes[..first]);
        Assert.Empty(echo.Sent);
        echo.Duplex.Arrive(bytes[first..]);

        AssertCloses(CloseCodes.InvalidPayload, echo.Sent);
    }

    private static async Task ExpectAsync(
        AutobahnCase it, WebSocketRole role, IEnumerable<byte[]> pieces, MessageReaderOptions? options = null)
    {
        var echo = new AutobahnEcho(role, options ?? Raised);

        foreach (var piece in pieces) echo.Duplex.Arrive(piece);
        // A read of much is handled in turns.
        await Deadline.UntilAsync(() => echo.Duplex.IsSendingCompleted);

        var sent = echo.Sent;
        byte[] answers = [.. it.Answers.SelectMany(frame => frame.Bytes(masked: false))];
        Assert.True(sent.AsSpan().StartsWith(answers), $"{it.Number}: the answers differ.");
        AssertCloses(it.Closes, sent[answers.Length..]);
        // A server ends the connection when both have said goodbye; else the other side does.
        echo.Duplex.End();
        await Deadline.UntilAsync(() => echo.TimesClosed > 0);
        Assert.True(echo.Duplex.IsDisposed);
        Assert.Equal(1, echo.TimesClosed);
    }

    private static void AssertCloses(ushort code, byte[] sent)
    {
        Assert.True(sent.Length >= 2, "There is no close frame.");
        Assert.Equal(0x88, sent[0]);
        Assert.Equal(sent.Length - 2, sent[1]);
        Assert.Equal(code, sent.Length == 2 ? CloseCodes.NoStatus : (sent[2] << 8) | sent[3]);
    }

    private static bool IsLarge(AutobahnCase it) => it.Number.StartsWith("9.", StringComparison.Ordinal);

    private static TheoryData<string, WebSocketRole> Numbers(Func<AutobahnCase, bool> among)
    {
        var data = new TheoryData<string, WebSocketRole>();
        foreach (var it in AutobahnCases.All.Values.Where(among))
        {
            data.Add(it.Number, WebSocketRole.Server);
            data.Add(it.Number, WebSocketRole.Client);
        }
        return data;
    }
}
