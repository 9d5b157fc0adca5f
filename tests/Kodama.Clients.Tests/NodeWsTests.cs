using System.Text.Json.Nodes;
using Kodama.Clients.Tests.Hubs;
using Kodama.Clients.Tests.Processes;

namespace Kodama.Clients.Tests;

/// <summary>Node's <c>ws</c> at the raw WebSocket door.</summary>
public sealed class NodeWsTests(SharedHub shared) : IClassFixture<SharedHub>
{
    // One for each test: those who leave one may still be there when the next begins.
    private readonly string room = Guid.NewGuid().ToString();
    private const string Long = "the echo of the forest, the echo of the forest; ";

    private RunningHub Hub => shared.Hub;

    [Fact]
    public async Task Text_BothWays_ArrivesAsItWasSent()
    {
        await using var node = await JoinAsync("node");
        await using var other = await JoinOtherAsync();

        await node.SendAsync("こんにちは 🌲");
        Assert.Equal("こんにちは 🌲", await other.ReceiveTextAsync());
        await other.SendAsync("");
        Assert.Equal("", await node.ReceiveTextAsync());
    }

    [Fact]
    public async Task Binary_BothWays_ArrivesAsBinary()
    {
        await using var node = await JoinAsync("node");
        await using var other = await JoinOtherAsync();
        byte[] bytes = [0, 255, 128, 1];

        await node.DoAsync(new { command = "send", base64 = Convert.ToBase64String(bytes) });
        Assert.Equal(bytes, await other.ReceiveBinaryAsync());
        await other.SendBinaryAsync(bytes);
        Assert.Equal(bytes, Convert.FromBase64String((await node.ExpectAsync("binary")).Base64!));
    }

    [Fact]
    public async Task Query_OfTheHandshake_BecomesThePeersDetails()
    {
        await using var node = await JoinAsync("node", "&team=%E6%9C%A8&seat=12");

        using var http = new HttpClient();
        var answer = await http.GetStringAsync(new Uri(Hub.Url, $"/api/peers?room={room}")).WithDeadline();
        var peers = JsonNode.Parse(answer)!["peers"]!.AsArray();

        var details = Assert.Single(peers)!["details"]!;
        Assert.Equal("木", (string?)details["team"]);
        Assert.Equal("12", (string?)details["seat"]);
    }

    [Fact]
    public async Task Ping_WithPayload_IsAnsweredWithTheSame()
    {
        await using var node = await JoinAsync("node");

        await node.DoAsync(new { command = "ping", text = "are you there?" });

        Assert.Equal("are you there?", (await node.ExpectAsync("pong")).Text);
    }

    [Fact]
    public async Task Compression_WhereOffered_IsUsedForLongMessages()
    {
        await using var node = ScriptedClient.StartNode();
        await node.DoAsync(new { command = "connect", url = Hub.Room(room, "name=node") });
        Assert.StartsWith("permessage-deflate", (await node.ExpectAsync("open")).Extensions, StringComparison.Ordinal);
        await using var other = await JoinOtherAsync("node");
        var text = string.Concat(Enumerable.Repeat(Long, 1000));

        await node.SendAsync(text);
        Assert.Equal(text, await other.ReceiveTextAsync());

        await other.SendAsync("before");
        var before = (await node.ExpectAsync("text")).WireBytes;
        await other.SendAsync(text);
        var after = await node.ExpectAsync("text");
        Assert.Equal(text, after.Text);
        Assert.InRange(after.WireBytes - before, 1, text.Length / 20);
    }

    [Fact]
    public async Task Compression_NotOffered_IsNotUsed()
    {
        await using var node = ScriptedClient.StartNode();
        await node.DoAsync(new { command = "connect", url = Hub.Room(room, "name=node"), compress = false });
        Assert.Equal("", (await node.ExpectAsync("open")).Extensions);
        await using var other = await JoinOtherAsync("node");
        var text = string.Concat(Enumerable.Repeat(Long, 100));

        await other.SendAsync(text);

        var received = await node.ExpectAsync("text");
        Assert.Equal(text, received.Text);
        Assert.True(received.WireBytes > text.Length);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Fragments_OfOneMessage_ArriveAsOneMessage(bool compress)
    {
        await using var node = await JoinAsync("node", compress: compress);
        await using var other = await JoinOtherAsync();
        // ws compresses a message whose first fragment is above its threshold of 1 KiB.
        string[] fragments = [new('木', 600), "", "霊", new('x', 3000)];

        await node.DoAsync(new { command = "send", fragments });

        Assert.Equal(string.Concat(fragments), await other.ReceiveTextAsync());
    }

    [Fact]
    public async Task Message_OfOneMebibyte_ArrivesBothWays()
    {
        await using var node = await JoinAsync("node", compress: false);
        await using var other = await JoinOtherAsync();
        var text = string.Concat(Enumerable.Range(0, 1024 * 1024 / 8).Select(i => i.ToString("x8")));

        await node.SendAsync(text);
        Assert.Equal(text, await other.ReceiveTextAsync());
        await other.SendAsync(text);
        Assert.Equal(text, await node.ReceiveTextAsync());
    }

    [Fact]
    public async Task Message_OverTheBound_ClosesWith1009()
    {
        await using var node = await JoinAsync("node", compress: false);

        await node.SendAsync(new string('x', 1024 * 1024 + 1));

        Assert.Equal(1009, (await node.ExpectAsync("closed")).Code);
    }

    [Fact]
    public async Task Message_ThatInflatesOverTheBound_ClosesWith1009()
    {
        await using var node = await JoinAsync("node");

        await node.SendAsync(new string('x', 1024 * 1024 + 1));

        Assert.Equal(1009, (await node.ExpectAsync("closed")).Code);
    }

    [Fact]
    public async Task Close_OfTheClient_IsAnsweredWithItsCode()
    {
        await using var watch = await Hub.WatchAsync(room);
        await using var node = await JoinAsync("node");
        await watch.UntilHereAsync("node");

        await node.DoAsync(new { command = "close", code = 4321, reason = "さようなら" });

        Assert.Equal(4321, (await node.ExpectAsync("closed")).Code);
        await watch.UntilGoneAsync("node");
    }

    [Fact]
    public async Task Close_OfTheHub_Is1001()
    {
        await using var stopping = await RunningHub.StartAsync();
        await using var node = await ScriptedClient.JoinNodeAsync(stopping.Room(room, "name=node"));

        await stopping.StopAsync();

        Assert.Equal(1001, (await node.ExpectAsync("closed")).Code);
    }

    [Fact]
    public async Task Subprotocols_Offered_AreAnsweredWithTheFirst()
    {
        // ws gives up where a server answers an offer with none.
        await using var node = ScriptedClient.StartNode();

        await node.DoAsync(new { command = "connect", url = Hub.Room(room), protocols = new[] { "chat", "superchat" } });

        Assert.Equal("chat", (await node.ExpectAsync("open")).Protocol);
    }

    [Theory]
    [InlineData("", 401)]
    [InlineData("?token=wrong", 403)]
    public async Task Refusal_BeforeTheHandshake_HasStatusAndBody(string query, int status)
    {
        await using var guarded = await RunningHub.StartAsync(new HubSettings { Token = "right" });
        await using var node = ScriptedClient.StartNode();

        await node.DoAsync(new { command = "connect", url = guarded.Room(room, query) });

        var refused = await node.ExpectAsync("refused");
        Assert.Equal(status, refused.Status);
        var error = JsonNode.Parse(refused.Body!)!["error"]!;
        Assert.Equal("AUTHENTICATION_FAILED", (string?)error["code"]);
        Assert.Equal(status, (int?)error["statusCode"]);
        Assert.NotEmpty((string?)error["message"] ?? "");
    }

    [Fact]
    public async Task Refusal_ByAValidator_Is3000WithTheReason()
    {
        await using var full = await RunningHub.StartAsync(new HubSettings { MaxPeers = 1 });
        await using var watch = await full.WatchAsync(room);
        await using var first = await ScriptedClient.JoinNodeAsync(full.Room(room, "name=first"));
        await watch.UntilHereAsync("first");

        await using var second = await ScriptedClient.JoinNodeAsync(full.Room(room, "name=second"));

        var closed = await second.ExpectAsync("closed");
        Assert.Equal(3000, closed.Code);
        Assert.NotEmpty(closed.Reason!);
    }

    private async Task<ScriptedClient> JoinAsync(string name, string details = "", bool compress = true)
    {
        await using var watch = await Hub.WatchAsync(room);
        var client = await ScriptedClient.JoinNodeAsync(Hub.Room(room, $"name={name}{details}"), compress);
        await watch.UntilHereAsync(name);
        return client;
    }

    private async Task<DotNetClient> JoinOtherAsync(params string[] after)
    {
        await using var watch = await Hub.WatchAsync(room);
        await watch.UntilHereAsync(after);
        var client = await DotNetClient.JoinAsync(Hub.Room(room, "name=other"));
        await watch.UntilHereAsync("other");
        return client;
    }
}
