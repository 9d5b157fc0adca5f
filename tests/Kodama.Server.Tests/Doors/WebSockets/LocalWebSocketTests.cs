using System.Text.Json;
using Kodama.Testing;

namespace Kodama.Server.Tests;

/// <summary>What <c>local_websocket</c> for Dart sends, byte for byte as dart:io writes it, and what its Scanner and Client look at in the
/// answer.</summary>
public sealed class LocalWebSocketTests
{
    [Fact]
    public async Task Scan_OfAHub_FindsTheServerHeaderAndTheDetails()
    {
        await using var hub = await TestHub.StartAsync(o => o.Details["roomName"] = "Developer Lounge");
        await using var client = await hub.RawAsync();

        await client.SendTextAsync(
            $"GET / HTTP/1.1\r\nuser-agent: Dart/3.5 (dart:io)\r\naccept-encoding: gzip\r\nhost: {client.Authority}\r\n\r\n");

        var answer = (await client.ReadResponseAsync())!;
        Assert.Equal(200, answer.Status);
        Assert.Contains("local-websocket/1.0.0", answer.Header("Server"), StringComparison.Ordinal);
        Assert.StartsWith("application/json", answer.Header("Content-Type"), StringComparison.Ordinal);
        using var details = JsonDocument.Parse(answer.Body);
        Assert.Equal("Developer Lounge", details.RootElement.GetProperty("roomName").GetString());
    }

    [Fact]
    public async Task Scan_WithTheSameConnection_IsAnsweredAgain()
    {
        await using var hub = await TestHub.StartAsync();
        await using var client = await hub.RawAsync();

        for (var i = 0; i < 3; i++)
        {
            await client.SendTextAsync(
                $"GET / HTTP/1.1\r\nuser-agent: Dart/3.5 (dart:io)\r\naccept-encoding: gzip\r\nhost: {client.Authority}\r\n\r\n");
            Assert.Equal(200, (await client.ReadResponseAsync())!.Status);
        }
    }

    [Fact]
    public async Task Client_WithDetails_ComesInAndIsRelayed()
    {
        await using var hub = await TestHub.StartAsync();
        await using var other = await hub.JoinAsync();
        await using var client = await hub.RawAsync();

        await client.SendTextAsync(DartHandshake(client, "/ws?username=John+Doe&device=Pixel%208"));
        var head = await client.ReadHeadAsync();
        await Deadline.UntilAsync(() => hub.Hub.PeerCount == 2 && hub.Hub.Peers.All(p => p.Room is not null));
        await client.SendAsync(RawFrame.OfText("hello"));
        await other.SendAsync("hello yourself");

        Assert.StartsWith("HTTP/1.1 101 ", head, StringComparison.Ordinal);
        Assert.Equal(RawClient.AcceptKey, new RawResponse(head).Header("Sec-WebSocket-Accept"));
        Assert.Equal("hello", await other.ReceiveTextAsync());
        Assert.Equal("hello yourself", (await client.ReadFrameAsync())!.Text);
        var peer = hub.Hub.Peers.Single(p => p.Details.Count > 0);
        Assert.Equal(new Dictionary<string, string> { ["username"] = "John Doe", ["device"] = "Pixel 8" }, peer.Details.ToDictionary());
    }

    [Fact]
    public async Task Client_OfferingDartsCompression_GetsIt()
    {
        await using var hub = await TestHub.StartAsync();
        await using var client = await hub.RawAsync();

        await client.SendTextAsync(DartHandshake(client, "/ws"));

        var answer = new RawResponse(await client.ReadHeadAsync());
        Assert.Equal(
            "permessage-deflate; server_no_context_takeover; client_no_context_takeover", answer.Header("Sec-WebSocket-Extensions"));
    }

    [Theory]
    [InlineData(401)]
    [InlineData(403)]
    public async Task Client_Refused_GetsTheErrorBodyItKnows(int status)
    {
        await using var hub = await TestHub.StartAsync(o =>
            o.Authenticators.Add(Authenticator.Create(_ => AuthenticationResult.Refuse("Invalid token", status))));
        await using var client = await hub.RawAsync();

        await client.SendTextAsync(DartHandshake(client, "/ws?token=wrong"));

        var answer = (await client.ReadResponseAsync())!;
        Assert.Equal(status, answer.Status);
        Assert.Equal(
            "{\"error\":{\"code\":\"AUTHENTICATION_FAILED\",\"message\":\"Invalid token\",\"statusCode\":" + status + "}}", answer.Body);
    }

    [Fact]
    public async Task Client_NotValidated_IsClosedWith3000AndItsText()
    {
        await using var hub = await TestHub.StartAsync(o =>
            o.Rules.Validators.Add(new LambdaValidator((_, _) => throw new InvalidOperationException("validator's fault"))));
        await using var client = await hub.RawAsync();

        await client.SendTextAsync(DartHandshake(client, "/ws"));
        var head = await client.ReadHeadAsync();
        var close = await client.ReadCloseAsync();

        Assert.StartsWith("HTTP/1.1 101 ", head, StringComparison.Ordinal);
        Assert.Equal(3000, close.CloseCode);
        Assert.Equal("Client validation failed", close.CloseReason);
        Assert.Contains(hub.Log.Errors, e => e.Exception?.Message == "validator's fault");
    }

    private static string DartHandshake(RawClient client, string path) =>
        $"GET {path} HTTP/1.1\r\nuser-agent: Dart/3.5 (dart:io)\r\nconnection: Upgrade\r\ncache-control: no-cache\r\n"
        + $"accept-encoding: gzip\r\nhost: {client.Authority}\r\nsec-websocket-version: 13\r\n"
        + "sec-websocket-extensions: permessage-deflate; client_max_window_bits\r\n"
        + $"upgrade: websocket\r\nsec-websocket-key: {RawClient.Key}\r\n\r\n";
}
