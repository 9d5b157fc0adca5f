namespace Kodama.Redis.Tests;

/// <summary>Rooms and bytes in Redis are bounded: what nobody uses goes, the longest unused first.</summary>
public sealed class BoundsTests : IDisposable
{
    private readonly RedisServer server = new();

    public void Dispose() => server.Dispose();

    [Fact]
    public async Task Rooms_ThatAreTooMany_Go_ButThoseThatAreOpenOrHaveState()
    {
        await using var cluster = new Cluster(server.Address, redis: Options(rooms: 8));
        await VisitAsync(cluster, 7);
        var open = await cluster.Add().Hub.ComeAsync(room: "r3");

        await Settling.UntilAsync(() => Rooms(cluster) == "7");
        // Is one more than seven eighths, and then two.
        await cluster[1].Hub.ComeAsync(room: "new");
        await Settling.UntilAsync(() => Rooms(cluster) == "7");

        Assert.Equal("0", server.Run("exists", $"{cluster.Prefix}:m:r1", $"{cluster.Prefix}:e:r1"));
        Assert.Equal("3", server.Run("exists", $"{cluster.Prefix}:m:r0", $"{cluster.Prefix}:m:r2", $"{cluster.Prefix}:m:r3"));
        Assert.Equal(2, (await open.SayAsync("still here").SettledAsync()).Offset);
    }

    [Fact]
    public async Task Rooms_ThatAreAllOpen_AreAllThatThereAre()
    {
        await using var cluster = new Cluster(server.Address, redis: Options(rooms: 2)).With(1);
        var first = await cluster[0].Hub.ComeAsync(room: "first");
        await cluster[0].Hub.ComeAsync(room: "second");

        var third = await cluster[0].Hub.JoinAsync(first.Peer, new JoinRequest { Room = "third" });

        Assert.Equal(JoinResult.Unavailable, third.Result);
        Assert.Equal("0", server.Run("exists", $"{cluster.Prefix}:m:third"));
        Assert.Equal(1, (await first.SayAsync("goes on").SettledAsync()).Offset);
    }

    [Fact]
    public async Task Bytes_ThatAreTooMany_TakeRoomsThatAreNotUsed()
    {
        await using var cluster = new Cluster(server.Address, redis: Options(rooms: 1000));
        await VisitAsync(cluster, 5, new string('x', 200_000));
        cluster.Add();
        server.Run("config", "set", "maxmemory", "1500000");

        await Settling.UntilAsync(() => server.Run("exists", $"{cluster.Prefix}:m:r1") == "0");

        Assert.Equal("1", server.Run("exists", $"{cluster.Prefix}:m:r0"));
    }

    [Fact]
    public async Task Room_LeftWhileRedisIsFull_IsNotTakenForOpen()
    {
        var options = new HubOptions { Log = { KeepEmpty = TimeSpan.Zero, Messages = 0 } };
        await using var cluster = new Cluster(server.Address, options, Options(rooms: 1000)).With(1);
        var yui = await cluster[0].Hub.ComeAsync();
        server.Run("config", "set", "maxmemory", "1mb");

        yui.Go();

        // And so, as it is full, it goes.
        await Settling.UntilAsync(() => server.Run("exists", $"{cluster.Prefix}:m:lobby") == "0");
    }

    [Fact]
    public async Task Rooms_ThatHaveGoneByThemselves_AreForgotten()
    {
        await using var cluster = new Cluster(server.Address, redis: Options(rooms: 1000)).With(1);
        await cluster[0].Hub.ComeAsync();
        server.Run("zadd", $"{cluster.Prefix}:rooms", "1", "gone", "2", "also");

        await Settling.UntilAsync(() => Rooms(cluster) == "1");
    }

    private static RedisOptions Options(int rooms) => new() { Lease = TimeSpan.FromSeconds(1), MaxRooms = rooms };

    /// <summary>A hub comes, says something in so many rooms, of which the first gets state, and is gone.</summary>
    private static async Task VisitAsync(Cluster cluster, int rooms, string text = "hello")
    {
        var hub = cluster.Add();
        for (var i = 0; i < rooms; i++)
        {
            var peer = await hub.Hub.ComeAsync(room: $"r{i}");
            await peer.SayAsync(text).SettledAsync();
            if (i == 0) await peer.Room.State.Set("light", "on").SettledAsync();
        }
        await hub.Engine.DisposeAsync();
    }

    private string Rooms(Cluster cluster) => server.Run("zcard", $"{cluster.Prefix}:rooms");
}
