using System.Globalization;
using Kodama.Testing;

namespace Kodama.Server.Tests;

public sealed class HandshakeTests
{
    public static TheoryData<string, int, string> Refusals => new()
    {
        { "GET /ws HTTP/1.1\r\nHost: {0}\r\n\r\n", 426, "UPGRADE_REQUIRED" },
        {
            "GET /ws HTTP/1.1\r\nHost: {0}\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n"
                + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: " + RawClient.Key + "\r\n\r\n",
            426, "UPGRADE_REQUIRED"
        },
        {
            "GET /ws HTTP/1.1\r\nHost: {0}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                + "Sec-WebSocket-Version: 8\r\nSec-WebSocket-Key: " + RawClient.Key + "\r\n\r\n",
            426, "UPGRADE_REQUIRED"
        },
        {
            "GET /ws HTTP/1.1\r\nHost: {0}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: short\r\n\r\n",
            400, "BAD_HANDSHAKE"
        },
        {
            "GET /ws HTTP/1.1\r\nHost: {0}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\r\n",
            400, "BAD_HANDSHAKE"
        },
        {
            "POST /ws HTTP/1.1\r\nHost: {0}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nContent-Length: 0\r\n"
                + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: " + RawClient.Key + "\r\n\r\n",
            400, "BAD_HANDSHAKE"
        },
        { "GET /ws/%00 HTTP/1.1\r\nHost: {0}\r\n\r\n", 400, "" },
    };

    [Theory]
    [MemberData(nameof(Refusals))]
    public async Task Request_ThatIsNoHandshake_IsRefused(string request, int status, string code)
    {
        await using var hub = await TestHub.StartAsync();
        await using var client = await hub.RawAsync();

        await client.SendTextAsync(string.Format(CultureInfo.InvariantCulture, request, client.Authority));

        var answer = (await client.ReadResponseAsync())!;
        Assert.Equal(status, answer.Status);
        Assert.Contains(code, answer.Body, StringComparison.Ordinal);
        if (code.Length > 0) Assert.Equal("13", answer.Header("Sec-WebSocket-Version"));
    }

    [Theory]
    [InlineData("a b")]
    [InlineData("=,x")]
    [InlineData(",")]
    [InlineData("caf\u00E9")]
    public async Task Subprotocol_ThatIsNoToken_IsRefusedBeforeAnybodyComesIn(string subprotocol)
    {
        var told = new ConnectionRecorder();
        await using var hub = await TestHub.StartAsync(o => o.Rules.Events.Add(told));
        await using var client = await hub.RawAsync();

        await client.SendTextAsync(client.UpgradeHead("/ws", $"Sec-WebSocket-Protocol: {subprotocol}\r\n"));

        var answer = (await client.ReadResponseAsync())!;
        Assert.Equal(400, answer.Status);
        Assert.Empty(told.Connected);
        Assert.Empty(hub.Log.Errors);
    }

    [Theory]
    [InlineData("/ws/a%0Ab", "INVALID_ROOM")]
    [InlineData("/ws/256", "INVALID_ROOM")]
    [InlineData("/ws?65", "INVALID_DETAILS")]
    [InlineData("/ws?v=1025", "INVALID_DETAILS")]
    [InlineData("/ws?33", "INVALID_DETAILS")]
    public async Task Request_OutOfBounds_IsRefused(string path, string code)
    {
        path = path switch
        {
            "/ws/256" => "/ws/" + new string('r', 256),
            "/ws?65" => "/ws?" + new string('n', 65) + "=v",
            "/ws?v=1025" => "/ws?v=" + new string('v', 1025),
            "/ws?33" => "/ws?" + string.Join('&', Enumerable.Range(0, 33).Select(i => $"d{i}=v")),
            _ => path,
        };
        await using var hub = await TestHub.StartAsync();
        await using var client = await hub.RawAsync();

        await client.SendTextAsync(client.UpgradeHead(path));

        var answer = (await client.ReadResponseAsync())!;
        Assert.Equal(400, answer.Status);
        Assert.Contains($"\"code\":\"{code}\"", answer.Body, StringComparison.Ordinal);
        Assert.Equal(0, hub.Connections.Count);
    }

    [Fact]
    public async Task Request_AtTheBounds_ComesIn()
    {
        await using var hub = await TestHub.StartAsync();
        var room = new string('r', 255);
        var query = string.Join(
            '&', Enumerable.Range(0, 31).Select(i => $"d{i}=v").Append(new string('n', 64) + "=" + new string('v', 1024)));

        await using var client = await hub.RawPeerAsync($"/ws/{room}?token=x&{query}");

        Assert.Equal(32, hub.Hub.Peers.Single().Details.Count);
        Assert.NotNull(hub.Hub.FindRoom(room));
    }

    [Theory]
    [InlineData("8")]
    [InlineData("9")]
    [InlineData("14")]
    public async Task Offer_OfASmallServerWindow_IsAccepted(string bits)
    {
        await using var hub = await TestHub.StartAsync();
        await using var client = await hub.RawAsync();

        var head = await client.UpgradeAsync("/ws", $"Sec-WebSocket-Extensions: permessage-deflate; server_max_window_bits={bits}\r\n");

        Assert.StartsWith("HTTP/1.1 101 ", head, StringComparison.Ordinal);
        Assert.Equal(
            $"permessage-deflate; server_no_context_takeover; client_no_context_takeover; server_max_window_bits={bits}",
            new RawResponse(head).Header("Sec-WebSocket-Extensions"));
    }

    [Theory]
    [InlineData("7")]
    [InlineData("16")]
    public async Task Offer_OfAServerWindowThatThereIsNot_IsDeclined(string bits)
    {
        await using var hub = await TestHub.StartAsync();
        await using var client = await hub.RawAsync();

        var head = await client.UpgradeAsync("/ws", $"Sec-WebSocket-Extensions: permessage-deflate; server_max_window_bits={bits}\r\n");

        Assert.StartsWith("HTTP/1.1 101 ", head, StringComparison.Ordinal);
        Assert.Null(new RawResponse(head).Header("Sec-WebSocket-Extensions"));
    }

    [Fact]
    public async Task Offer_WhereCompressionIsOff_IsDeclined()
    {
        await using var hub = await TestHub.StartAsync(o => o.Compression = false);
        await using var client = await hub.RawAsync();

        var head = await client.UpgradeAsync("/ws", "Sec-WebSocket-Extensions: permessage-deflate\r\n");
        Assert.Null(new RawResponse(head).Header("Sec-WebSocket-Extensions"));
    }

    [Fact]
    public async Task Hub_ThatIsFull_ClosesTheNextWith3000()
    {
        await using var hub = await TestHub.StartAsync(o => o.MaxPeers = 1);
        await using var first = await hub.JoinAsync();
        await using var second = await hub.ConnectAsync();

        Assert.Equal((3000, "The hub is full: it takes 1 peer."), await second.ReceiveCloseAsync());
        await first.CloseAsync();
        await hub.EmptiesAsync();
        await using var third = await hub.JoinAsync();
    }
}
