using Kodama.Testing;

namespace Kodama.Hostile.Tests.Http2;

/// <summary>WebSockets over HTTP/2 (RFC 8441): streams without number, windows that stay shut, ends that are none.</summary>
public sealed class StreamTests(SecureSiege siege) : IClassFixture<SecureSiege>
{
    private const int ManyStreams = 2000;

    [Fact]
    public Task Streams_MoreThanTheHubAllows_AreRefused() => siege.WithstandsAsync(async () =>
    {
        await using var client = await Http2Client.ConnectAsync(siege.Hub);
        var connect = client.Connect();
        await Crowd.ToleratesEndAsync(async () =>
        {
            for (var i = 0; i < ManyStreams; i++) await client.SendAsync(Opened(i, connect));
        });
        await client.IsReadAsync();
    });

    [Fact]
    public Task Cve_2023_44487_RapidReset_OfRequests() => RapidResetAsync(client => client.Get("/api/peers"));

    [Fact]
    public Task Cve_2023_44487_RapidReset_OfWebSockets() => RapidResetAsync(client => client.Connect());

    [Fact]
    public Task Cve_2025_8671_MadeYouReset_ByWindowsOfNothing() =>
        MadeYouResetAsync(id => Http2Frame.Number(Http2Frame.WindowUpdate, id, 0));

    [Fact]
    public Task Cve_2025_8671_MadeYouReset_ByWindowsThatOverflow() =>
        MadeYouResetAsync(id => Http2Frame.Number(Http2Frame.WindowUpdate, id, int.MaxValue));

    [Fact]
    public Task Cve_2025_8671_MadeYouReset_ByDataBehindTheEnd() => MadeYouResetAsync(id => Http2Frame.Of(Http2Frame.Data, 0, id, "late"u8));

    [Fact]
    public Task Cve_2019_9511_DataDribble_WindowsOfOneByte() => siege.WithstandsAsync(async () =>
    {
        await using var client = await Http2Client.ConnectAsync(siege.Hub, (Http2Frame.InitialWindowSize, 1));
        for (var i = 0; i < 50; i++) await client.SendAsync(Opened(i, client.Get("/api/hub"), end: true));
        for (var round = 0; round < 50; round++)
        {
            for (var i = 0; i < 50; i++) await client.SendAsync(Http2Frame.Number(Http2Frame.WindowUpdate, Id(i), 1));
        }
        await client.IsReadAsync();
    });

    [Fact]
    public Task Cve_2019_9517_WindowsThatStayShut_WhileOthersPublish() => siege.WithstandsAsync(async () =>
    {
        var clients = new List<Http2Client>();
        for (var i = 0; i < 10; i++)
        {
            var client = await Http2Client.ConnectAsync(siege.Hub, (Http2Frame.InitialWindowSize, 0));
            clients.Add(client);
            for (var stream = 0; stream < 10; stream++) await client.SendAsync(Opened(stream, client.Connect()));
            Assert.True(await client.IsOpenedAsync(Id(9)));
        }
        await using var publisher = await siege.JoinAsync();
        var message = RawFrame.Masked(RawFrame.BinaryOpcode, new byte[64 * 1024]);
        for (var i = 0; i < 200; i++) await publisher.SendAsync(message);
        await publisher.SendAsync(RawFrame.OfClose(1000));
        await publisher.WaitForEndAsync();
        foreach (var client in clients) await client.DisposeAsync();
    });

    [Fact]
    public Task WebSocket_EndedByItsStream() => WithWebSocketAsync(client => client.SendAsync(Http2Frame.Of(Http2Frame.Data,
        Http2Frame.EndStream, 1, RawFrame.OfText("the last word"))));

    [Fact]
    public Task WebSocket_DataBehindTheEnd() => WithWebSocketAsync(client => client.SendAsync([
        .. Http2Frame.Of(Http2Frame.Data, Http2Frame.EndStream, 1, []), .. Http2Frame.Of(Http2Frame.Data, 0, 1, RawFrame.OfText("late"))]));

    [Fact]
    public Task WebSocket_Reset() => WithWebSocketAsync(client => client.SendAsync([
        .. Http2Frame.Of(Http2Frame.Data, 0, 1, RawFrame.Head(RawFrame.BinaryOpcode, 100_000, masked: true)),
            .. Http2Frame.Number(Http2Frame.Reset, 1, 8)]));

    [Fact]
    public Task WebSocket_Trailers() => WithWebSocketAsync(client => client.SendAsync(
        Http2Frame.Of(Http2Frame.Headers, Http2Frame.EndHeaders | Http2Frame.EndStream, 1, Hpack.Literals(("x-trailer", "x")))));

    [Fact]
    public Task WebSocket_ForbiddenFrame() =>
        WithWebSocketAsync(client => client.SendAsync(Http2Frame.Of(Http2Frame.Data, 0, 1, [0xFF, 0xFF])));

    [Fact]
    public Task WebSocket_FrameOverManyDataFrames() => WithWebSocketAsync(async client =>
    {
        foreach (var one in RawFrame.OfText("drop by drop")) await client.SendAsync(Http2Frame.Of(Http2Frame.Data, 0, 1, [one]));
    });

    [Fact]
    public Task WebSockets_GoneWithTheirConnection() => siege.WithstandsAsync(async () =>
    {
        for (var round = 0; round < 10; round++)
        {
            await using var client = await Http2Client.ConnectAsync(siege.Hub);
            for (var i = 0; i < 50; i++) await client.SendAsync(Opened(i, client.Connect()));
            Assert.True(await client.IsOpenedAsync(Id(49)));
            client.Abort();
        }
    });

    [Theory]
    [InlineData("h2c")]
    [InlineData("")]
    [InlineData("WebSocket")]
    [InlineData("websocket, websocket")]
    public Task Connect_ToAnotherProtocol_IsRefused(string protocol) => siege.WithstandsAsync(async () =>
    {
        await using var client = await Http2Client.ConnectAsync(siege.Hub);
        await client.SendAsync(Opened(0, client.Connect(protocol)));
        Assert.False(await client.IsOpenedAsync(1));
    });

    [Fact]
    public Task Connect_FromAnEvilOrigin_IsRefused() => siege.WithstandsAsync(async () =>
    {
        await using var client = await Http2Client.ConnectAsync(siege.Hub);
        await client.SendAsync(Opened(0, client.Connect(more: ("origin", "https://evil.example"))));
        Assert.False(await client.IsOpenedAsync(1));
    });

    [Fact]
    public Task EventStreams_AHundredOnOneConnection() => siege.WithstandsAsync(async () =>
    {
        await using var client = await Http2Client.ConnectAsync(siege.Hub);
        for (var i = 0; i < 100; i++) await client.SendAsync(Opened(i, client.Get("/api/events"), end: true));
        Assert.True(await client.IsOpenedAsync(Id(99)));
        for (var i = 0; i < 100; i++) await client.SendAsync(Http2Frame.Number(Http2Frame.Reset, Id(i), 8));
        await client.IsReadAsync();
    });

    [Fact]
    public Task Bodies_NeverFinished() => siege.WithstandsAsync(async () =>
    {
        await using var client = await Http2Client.ConnectAsync(siege.Hub);
        for (var i = 0; i < 100; i++)
        {
            var head = Opened(i, client.Post(("content-length", "1000000")));
            await client.SendAsync([.. head, .. Http2Frame.Of(Http2Frame.Data, 0, Id(i), "begin"u8)]);
        }
        await client.IsReadAsync();
    });

    private static int Id(int index) => index * 2 + 1;

    private static byte[] Opened(int index, byte[] block, bool end = false) =>
        Http2Frame.Of(Http2Frame.Headers, (byte)(Http2Frame.EndHeaders | (end ? Http2Frame.EndStream : 0)), Id(index), block);

    private Task RapidResetAsync(Func<Http2Client, byte[]> block) => EachStreamAsync((client, index) =>
    [
        .. Opened(index, block(client), end: block(client).AsSpan().IndexOf("GET"u8) >= 0),
        .. Http2Frame.Number(Http2Frame.Reset, Id(index), 8),
    ]);

    private Task MadeYouResetAsync(Func<int, byte[]> fault) =>
        EachStreamAsync((client, index) => [.. Opened(index, client.Get("/api/peers"), end: true), .. fault(Id(index))]);

    private Task EachStreamAsync(Func<Http2Client, int, byte[]> frames) => siege.WithstandsAsync(async () =>
    {
        for (var connection = 0; connection < 3; connection++)
        {
            await using var client = await Http2Client.ConnectAsync(siege.Hub);
            await Crowd.ToleratesEndAsync(async () =>
            {
                for (var i = 0; i < ManyStreams; i++) await client.SendAsync(frames(client, i));
            });
            await client.IsReadAsync();
        }
    });

    private Task WithWebSocketAsync(Func<Http2Client, Task> attack) => siege.WithstandsAsync(async () =>
    {
        await using var client = await Http2Client.ConnectAsync(siege.Hub);
        await client.SendAsync(Opened(0, client.Connect()));
        Assert.True(await client.IsOpenedAsync(1));
        await attack(client);
        await client.IsReadAsync();
    });
}
