using System.Text;
using Kodama.Testing;

namespace Kodama.Server.Tests;

/// <summary>
/// Requests that a proxy before the hub might end elsewhere than the hub does (RFC 9112 sections 6.3 and 11.2). What follows a doubtful one
/// is never read as another. Of chunks beside a length the chunks count, as the RFC allows.
/// </summary>
public sealed class SmugglingTests
{
    private const string Publish = "POST /api/rooms/lobby/messages HTTP/1.1\r\n";

    public static TheoryData<string, string, int> Doubtful => new()
    {
        { "TwoLengthsThatDiffer", Publish + "Host: {0}\r\nContent-Length: 2\r\nContent-Length: 5\r\n\r\nhi", 400 },
        { "TwoLengthsThatAgree", Publish + "Host: {0}\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\nhi", 400 },
        { "ListOfLengths", Publish + "Host: {0}\r\nContent-Length: 2, 2\r\n\r\nhi", 400 },
        { "LengthBelowZero", Publish + "Host: {0}\r\nContent-Length: -2\r\n\r\nhi", 400 },
        { "LengthBeyondALong", Publish + "Host: {0}\r\nContent-Length: 99999999999999999999\r\n\r\nhi", 400 },
        { "ChunkedAndLength", Publish + "Host: {0}\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 202 },
        { "LengthAfterChunked", Publish + "Host: {0}\r\nTransfer-Encoding: chunked\r\nContent-Length: 2\r\n\r\n0\r\n\r\n", 202 },
        { "CodingBesideChunked", Publish + "Host: {0}\r\nTransfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n", 400 },
        { "CodingThatIsNotKnown", Publish + "Host: {0}\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n", 400 },
        { "NeitherLengthNorChunked", Publish + "Host: {0}\r\nTransfer-Encoding: identity\r\n\r\nhi", 400 },
        { "SpaceBeforeColon", Publish + "Host: {0}\r\nContent-Length : 2\r\n\r\nhi", 400 },
        { "FoldedHeader", Publish + "Host: {0}\r\nX-A: b\r\n Content-Length: 5\r\nContent-Length: 2\r\n\r\nhi", 400 },
        { "BareCarriageReturn", Publish + "Host: {0}\r\nX-A: b\rContent-Length: 5\r\nContent-Length: 2\r\n\r\nhi", 400 },
        { "ZeroByteInHeader", Publish + "Host: {0}\r\nX-A: b\0c\r\nContent-Length: 2\r\n\r\nhi", 400 },
        { "NoHost", Publish + "Content-Length: 2\r\n\r\nhi", 400 },
        {
            "AbsoluteTargetOfAnotherHost",
            "POST http://evil.example/api/rooms/lobby/messages HTTP/1.1\r\nHost: {0}\r\nContent-Length: 2\r\n\r\nhi", 400
        },
        { "ChunkEndedByBareLineFeed", Publish + "Host: {0}\r\nTransfer-Encoding: chunked\r\n\r\n2\nhi\r\n0\r\n\r\n", 400 },
        { "ChunkLongerThanItsSize", Publish + "Host: {0}\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhiho\r\n0\r\n\r\n", 400 },
        { "ChunkExtensionWithLineFeed", Publish + "Host: {0}\r\nTransfer-Encoding: chunked\r\n\r\n2;\nxx\r\nhi\r\n0\r\n\r\n", 400 },
        { "HandshakeWithLength", "GET /ws HTTP/1.1\r\nHost: {0}\r\n{1}Content-Length: 5\r\n\r\nhello", 400 },
        { "HandshakeWithChunks", "GET /ws HTTP/1.1\r\nHost: {0}\r\n{1}Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n", 400 },
        { "HandshakeOfAnotherOrigin", "GET /ws HTTP/1.1\r\nHost: {0}\r\n{1}Origin: http://evil.example\r\n\r\n", 403 },
        { "HandshakeOfAnotherHost", "GET /ws HTTP/1.1\r\nHost: evil.example\r\n{1}\r\n", 403 },
        {
            "HandshakeOfAnOldVersion",
            "GET /ws HTTP/1.1\r\nHost: {0}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 8\r\n\r\n", 426
        },
        { "HandshakeInLowerCase", "get /ws HTTP/1.1\r\nHost: {0}\r\n{1}\r\n", 400 },
        { "HandshakeOfHttp10", "GET /ws HTTP/1.0\r\nHost: {0}\r\n{1}\r\n", 400 },
        {
            "HandshakeWithoutKey",
            "GET /ws HTTP/1.1\r\nHost: {0}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\r\n", 400
        },
        { "HandshakeOfNoRoom", "GET /ws/a%0Ab HTTP/1.1\r\nHost: {0}\r\n{1}\r\n", 400 },
    };

    [Theory]
    [MemberData(nameof(Doubtful))]
    public async Task Request_ThatMightEndElsewhere_IsRefusedAndNothingBehindItIsRead(string name, string request, int status)
    {
        const string Handshake = "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
            + "Sec-WebSocket-Key: " + RawClient.Key + "\r\n";
        await using var hub = await TestHub.StartAsync();
        await using var peer = await hub.JoinAsync("/ws/smuggled");
        await using var client = await hub.RawAsync();
        request = request.Replace("{0}", client.Authority, StringComparison.Ordinal).Replace("{1}", Handshake, StringComparison.Ordinal);

        await client.SendAsync(Encoding.Latin1.GetBytes(
            $"{request}POST /api/rooms/smuggled/messages HTTP/1.1\r\nHost: {client.Authority}\r\nContent-Length: 8\r\n\r\nsmuggled"));

        var answer = await client.ReadResponseAsync();
        Assert.True(answer?.Status == status, $"{name}: {answer?.Head ?? "no answer"}{answer?.Body}");
        Assert.Null(await client.ReadResponseAsync());
        hub.Hub.FindRoom("smuggled")!.Send("last");
        Assert.Equal("last", await peer.ReceiveTextAsync());
        Assert.Empty(hub.Log.Errors);
    }

    [Theory]
    [InlineData(Publish + "Host: {0}\r\nTransfer-Encoding: chunked\r\n\r\n2;ext=\"a b\"\r\nhi\r\n0\r\nX-Trailer: a\r\n\r\n")]
    [InlineData(Publish + "Host: {0}\r\nTransfer-Encoding: Chunked\r\n\r\n00000002\r\nhi\r\n0\r\n\r\n")]
    [InlineData(Publish + "Host: {0}\r\nContent-Length: 2\r\n\r\nhi")]
    [InlineData("GET /ws HTTP/1.1\r\nHost: {0}\r\n\r\n")]
    public async Task Requests_OneAfterAnother_AreEachRead(string request)
    {
        await using var hub = await TestHub.StartAsync();
        await using var client = await hub.RawAsync();

        await client.SendTextAsync(
            request.Replace("{0}", client.Authority, StringComparison.Ordinal)
            + $"GET /health HTTP/1.1\r\nHost: {client.Authority}\r\n\r\n");

        Assert.Contains((await client.ReadResponseAsync())!.Status, (int[])[202, 426]);
        Assert.Equal(200, (await client.ReadResponseAsync())!.Status);
    }
}
