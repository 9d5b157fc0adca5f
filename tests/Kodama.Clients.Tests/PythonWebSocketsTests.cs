using Kodama.Clients.Tests.Hubs;
using Kodama.Clients.Tests.Processes;

namespace Kodama.Clients.Tests;

/// <summary>Python's <c>websockets</c> at the raw WebSocket door.</summary>
public sealed class PythonWebSocketsTests(SharedHub shared) : IClassFixture<SharedHub>
{
    // One for each test: those who leave one may still be there when the next begins.
    private readonly string room = Guid.NewGuid().ToString();

    private RunningHub Hub => shared.Hub;

    [Fact]
    public async Task TextAndBinary_BothWays_ArriveAsTheyWereSent()
    {
        await using var python = await JoinAsync();
        await using var other = await JoinOtherAsync();
        byte[] bytes = [0, 255, 128, 1];

        await python.SendAsync("こんにちは 🌲");
        await python.DoAsync(new { command = "send", base64 = Convert.ToBase64String(bytes) });
        Assert.Equal("こんにちは 🌲", await other.ReceiveTextAsync());
        Assert.Equal(bytes, await other.ReceiveBinaryAsync());

        await other.SendBinaryAsync(bytes);
        await other.SendAsync("木霊");
        Assert.Equal(bytes, Convert.FromBase64String((await python.ExpectAsync("binary")).Base64!));
        Assert.Equal("木霊", await python.ReceiveTextAsync());
    }

    [Fact]
    public async Task Compression_AsTheLibraryOffersByDefault_IsAgreedAndUnderstood()
    {
        await using var python = ScriptedClient.StartPython();
        await python.DoAsync(new { command = "connect", url = Hub.Room(room, "name=python") });
        Assert.Equal("permessage-deflate", (await python.ExpectAsync("open")).Extensions);
        await using var other = await JoinOtherAsync("python");
        var text = string.Concat(Enumerable.Repeat("the echo of the forest; ", 1000));

        // Twice: with context takeover the second would be read from the window of the first.
        for (var i = 0; i < 2; i++)
        {
            await python.SendAsync(text);
            Assert.Equal(text, await other.ReceiveTextAsync());
            await other.SendAsync(text);
            Assert.Equal(text, await python.ReceiveTextAsync());
        }
    }

    [Fact]
    public async Task Fragments_OfAnIterable_ArriveAsOneMessage()
    {
        await using var python = await JoinAsync();
        await using var other = await JoinOtherAsync();
        string[] fragments = ["木", "", new('x', 3000), "霊"];

        await python.DoAsync(new { command = "send", fragments });

        Assert.Equal(string.Concat(fragments), await other.ReceiveTextAsync());
    }

    [Fact]
    public async Task Ping_OfTheLibrary_MeasuresALatency()
    {
        await using var python = await JoinAsync();

        await python.DoAsync(new { command = "ping", text = "are you there?" });

        Assert.InRange((await python.ExpectAsync("pong")).Latency, double.Epsilon, Deadline.Step.TotalSeconds);
    }

    [Fact]
    public async Task Close_OfTheClient_IsAnsweredWithItsCode()
    {
        await using var python = await JoinAsync();

        await python.DoAsync(new { command = "close", code = 4321, reason = "さようなら" });

        Assert.Equal(4321, (await python.ExpectAsync("closed")).Code);
    }

    [Fact]
    public async Task Close_OfTheHub_Is1001()
    {
        await using var stopping = await RunningHub.StartAsync();
        await using var python = await ScriptedClient.JoinPythonAsync(stopping.Room(room, "name=python"));

        await stopping.StopAsync();

        Assert.Equal(1001, (await python.ExpectAsync("closed")).Code);
    }

    [Fact]
    public async Task Refusal_BeforeTheHandshake_HasAStatus()
    {
        await using var guarded = await RunningHub.StartAsync(new HubSettings { Token = "right" });
        await using var python = ScriptedClient.StartPython();

        await python.DoAsync(new { command = "connect", url = guarded.Room(room, "token=wrong") });

        Assert.Equal(403, (await python.ExpectAsync("refused")).Status);
    }

    [Fact]
    public async Task Refusal_ByAValidator_Is3000WithTheReason()
    {
        await using var full = await RunningHub.StartAsync(new HubSettings { MaxPeers = 1 });
        await using var watch = await full.WatchAsync(room);
        await using var first = await DotNetClient.JoinAsync(full.Room(room, "name=first"));
        await watch.UntilHereAsync("first");

        await using var python = await ScriptedClient.JoinPythonAsync(full.Room(room, "name=python"));

        var closed = await python.ExpectAsync("closed");
        Assert.Equal(3000, closed.Code);
        Assert.NotEmpty(closed.Reason!);
    }

    private async Task<ScriptedClient> JoinAsync()
    {
        await using var watch = await Hub.WatchAsync(room);
        var client = await ScriptedClient.JoinPythonAsync(Hub.Room(room, "name=python"));
        await watch.UntilHereAsync("python");
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
