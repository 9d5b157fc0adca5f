using System.Net.Http.Json;
using System.Text.Json;
using Kodama.Client;
using Kodama.SocketIO;
using Microsoft.AspNetCore.Builder;

namespace Kodama.Cluster.Tests;

/// <summary>Sockets of npm's socket.io-client come back at another hub (docs/specs/cluster.md, "Socket.IO's recovery").</summary>
public sealed class SocketIORecoveryTests(SharedServer redis) : IClassFixture<SharedServer>, IAsyncDisposable
{
    private readonly List<SocketIOServer> io = [];
    private readonly NodeSockets clients = new();
    private TestCluster cluster = null!;
    private Balancer balancer = null!;

    public async ValueTask DisposeAsync()
    {
        await clients.DisposeAsync();
        if (balancer is not null) await balancer.DisposeAsync();
        if (cluster is not null) await cluster.DisposeAsync();
    }

    [Fact]
    public async Task Socket_ThatComesToAnotherHub_IsWhoItWasAndGetsWhatItMissed()
    {
        var id = await StartAsync();
        await io[0].Sockets[id].JoinAsync("room", "other");
        await io[0].Sockets[id].LeaveAsync("other");
        io[0].Sockets[id].Data["name"] = "Yui";
        io[1].To("room").Emit("before");
        Assert.Equal("""["before"]""", await NextAsync());

        await AwayAsync(id);
        for (var i = 0; i < 300; i++) io[i % 3].To("room").Emit("missed", i, new byte[] { (byte)i });
        io[1].To("other").Emit("not for it");
        io[1].To("other", "room").Emit("several");
        io[2].To(id).Emit("to its id");
        io[0].Except("room").Emit("but it");
        balancer.LeadTo(TestCluster.Address(cluster.Hubs[1]));

        await BackAsync(id);
        io.ForEach(server => server.To(id).Emit("fence"));
        List<string> missed = [];
        foreach (var _ in io) missed.AddRange((await clients.UpToAsync("a", """["fence"]""")).SkipLast(1));
        var numbers = missed.Where(static e => e.StartsWith("""["missed",""", StringComparison.Ordinal))
            .Select(static e => int.Parse(e.Split(',')[1], System.Globalization.CultureInfo.InvariantCulture)).ToList();
        Assert.Equal(Enumerable.Range(0, 300), numbers.Order());
        for (var hub = 0; hub < 3; hub++) Assert.Equal(numbers.Where(n => n % 3 == hub).Order(), numbers.Where(n => n % 3 == hub));
        Assert.Equal(
            ["""["several"]""", """["to its id"]"""],
            missed.Where(static e => !e.Contains("missed", StringComparison.Ordinal)).Order());
        var back = io[1].Sockets[id];
        Assert.True(back.Recovered);
        Assert.Equal(new[] { id, "room" }.Order(), back.Rooms.Order());
        Assert.Equal("Yui", back.Data["name"]);

        // And again, at the third, with nothing twice.
        io[0].Sockets.Values.ToList().ForEach(static socket => Assert.Fail($"{socket.Id} is still here."));
        io[0].To("room").Emit("live");
        Assert.Equal("""["live"]""", await NextAsync());
        balancer.LeadTo(TestCluster.Address(cluster.Hubs[2]));
        await BackAsync(id);
        back.Emit("nowhere");
        io[1].Emit("all");
        Assert.Equal("""["all"]""", await NextAsync());
    }

    [Fact]
    public async Task Socket_WhoseHubStops_ComesBackAtAnother()
    {
        var id = await StartAsync();
        io[1].Emit("one");
        Assert.Equal("""["one"]""", await NextAsync());

        await cluster.StopAsync(cluster.Hubs[0]);
        io[2].Emit("two");
        balancer.LeadTo(TestCluster.Address(cluster.Hubs[0]));

        await BackAsync(id);
        io[2].Emit("fence");
        Assert.Equal("""["two"]""", await NextAsync());
        Assert.Equal("""["fence"]""", await NextAsync());
    }

    [Fact]
    public async Task Socket_ThatWasThrownOut_ComesBackNowhere()
    {
        var id = await StartAsync();
        io[1].Emit("one");
        Assert.Equal("""["one"]""", await NextAsync());
        string name = "";
        await Deadline.UntilAsync(() => (name = redis.Server.Run("KEYS", cluster.Key("l:socket.io:*"))).Length > 0);

        // What lies there stays, as where its end has not come to Redis yet.
        redis.Server.Run("COPY", name, name + ":kept");
        io[0].Sockets[id].Disconnect(close: true);
        await Deadline.UntilAsync(() => redis.Server.Run("EXISTS", name) == "0");
        redis.Server.Run("COPY", name + ":kept", name);
        balancer.LeadTo(TestCluster.Address(cluster.Hubs[1]));

        Assert.StartsWith("""["disconnect",""", await NextAsync(), StringComparison.Ordinal);
        await clients.ConnectAsync("a");
        Assert.DoesNotContain(id, await clients.UpToConnectAsync("a"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Socket_ThatCameToARoomLate_DoesNotGetWhatWasSaidThereBefore()
    {
        var id = await StartAsync();
        var other = await clients.OpenAsync("b", balancer.Url);
        io[1].Emit("one");
        Assert.Equal("""["one"]""", await NextAsync());
        await io[0].Sockets[other].JoinAsync("room");
        io[0].To("room").Emit("before");
        await clients.UpToAsync("b", """["before"]""");
        await io[0].Sockets[id].JoinAsync("room");

        await AwayAsync(id);
        io[0].To("room").Emit("behind");
        balancer.LeadTo(TestCluster.Address(cluster.Hubs[1]));

        await BackAsync(id);
        io[0].To("room").Emit("fence");
        Assert.Equal("""["behind"]""", await NextAsync());
        Assert.Equal("""["fence"]""", await NextAsync());
    }

    [Fact]
    public async Task Socket_WithDataThatOtherProcessesCannotHave_IsANewOne()
    {
        var id = await StartAsync();
        io[0].Sockets[id].Data["self"] = new object();
        await AwayAsync(id);
        await Deadline.UntilAsync(() => io[0].Sockets.Count == 0);

        balancer.LeadTo(TestCluster.Address(cluster.Hubs[1]));
        Assert.DoesNotContain(id, await clients.UpToConnectAsync("a"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Sockets_WhoseHubIsKilled_ComeBackAtAnotherWithAllInOrderAndNothingTwice()
    {
        using var own = new RedisServer();
        await using var hubs = await HubProcesses.StartAsync(
            own, 3, new() { ["Kodama__SocketIO__ConnectionStateRecovery__MaxDisconnectionDuration"] = "00:02:00" });
        balancer = new Balancer(hubs[0]);
        string[] readers = ["a", "b", "c"];
        var ids = new Dictionary<string, string>();
        foreach (var reader in readers)
        {
            ids[reader] = await clients.OpenAsync(reader, balancer.Url);
            await clients.AskAsync(reader, """["join","room"]""");
        }
        await clients.OpenAsync("w", hubs[2]);
        await clients.AskAsync("w", """["join","room"]""");

        for (var round = 0; round < 3; round++)
        {
            for (var i = 0; i < 200; i++) await clients.EmitAsync("w", $"""["say",{(round * 200) + i}]""");
            balancer.LeadTo(hubs[1 - (round % 2)]);
            await hubs.KillAsync(round % 2);
        }
        await clients.EmitAsync("w", """["say","end"]""");

        foreach (var reader in readers)
        {
            var heard = await clients.UpToAsync(reader, """["say","end"]""");
            var connects = heard.Where(static e => e.StartsWith("[\"connect", StringComparison.Ordinal));
            Assert.All(connects, e => Assert.Equal($"""["connect","{ids[reader]}",true]""", e));
            Assert.Equal(
                Enumerable.Range(0, 600).Select(static i => $"""["say",{i}]"""),
                heard.Where(static e => e.StartsWith("[\"say", StringComparison.Ordinal)).SkipLast(1));
        }
    }

    private Task<string> NextAsync() => clients.NextAsync("a");

    /// <summary>It is told that it is who it was, before anything that it has missed.</summary>
    private async Task BackAsync(string id)
    {
        var told = await clients.UpToAsync("a", $"""["connect","{id}",true]""");
        Assert.All(told.SkipLast(1), static e => Assert.StartsWith("""["disconnect",""", e, StringComparison.Ordinal));
    }

    private async Task AwayAsync(string id)
    {
        balancer.LeadTo(new Uri("http://127.0.0.1:1"));
        Assert.StartsWith("""["disconnect",""", await NextAsync(), StringComparison.Ordinal);
        await Deadline.UntilAsync(() => io.TrueForAll(server => !server.Sockets.ContainsKey(id)));
    }

    [Fact]
    public async Task Sockets_WhileRedisIsKilled_GetAllThatIsKeptOnceAndInOrder()
    {
        using var own = new RedisServer("--appendonly", "yes", "--appendfsync", "always");
        await using var hubs = await HubProcesses.StartAsync(
            own, 3, new() { ["Kodama__SocketIO__ConnectionStateRecovery__MaxDisconnectionDuration"] = "00:02:00" });
        string[] readers = ["a", "b", "c"];
        for (var i = 0; i < readers.Length; i++)
        {
            await clients.OpenAsync(readers[i], hubs[i]);
            await clients.AskAsync(readers[i], """["join","room"]""");
        }
        var rooms = await Task.WhenAll(Enumerable.Range(0, 6).Select(i => KodamaRooms.ConnectAsync(hubs[i % 3])));
        var writers = await Task.WhenAll(rooms.Select(static client => client.JoinAsync("room")));

        for (var round = 0; round < 5; round++)
        {
            var saying = writers.Select((writer, i) => SayAsync(writer, $"{round}-{i}")).ToList();
            await Task.Delay(100);
            own.Kill();
            own.Start();
            await Task.WhenAll(saying);
        }
        foreach (var client in rooms) await client.DisposeAsync();
        using var http = new HttpClient { BaseAddress = hubs[0], Timeout = Deadline.Default };
        using var end = new StringContent("end");
        using var answer = await http.PostAsync("/api/rooms/room/messages", end);

        var page = await http.GetFromJsonAsync<JsonElement>("/api/rooms/room/messages?limit=1000");
        var kept = page.GetProperty("messages").EnumerateArray().Select(static m => m.GetProperty("text").GetString()!).ToList();
        foreach (var reader in readers)
        {
            var heard = await clients.UpToAsync(reader, """["message","end"]""");
            var told = kept.Select(static text => $"[\"message\",\"{text}\"]").ToList();
            Assert.Equal("", string.Join(", ", told.Except(heard)));
            Assert.Equal("", string.Join(", ", heard.Except(told)));
            Assert.Equal(told, heard);
        }

        static async Task SayAsync(JoinedRoom writer, string name)
        {
            for (var i = 0; i < 25; i++)
            {
                try
                {
                    await writer.PublishAsync($"{name}-{i}");
                }
                catch (RequestRefusedException)
                {
                    // It may be kept or not: the history tells.
                }
            }
        }
    }

    private async Task<string> StartAsync()
    {
        cluster = await TestCluster.StartAsync(redis.Address, map: hub => io.Add(
            hub.Endpoints.MapSocketIO(static options => options.ConnectionStateRecovery = new RecoveryOptions())));
        balancer = new Balancer(TestCluster.Address(cluster.Hubs[0]));
        var id = await clients.OpenAsync("a", balancer.Url);
        await Deadline.UntilAsync(() => io[0].Sockets.ContainsKey(id));
        return id;
    }
}
