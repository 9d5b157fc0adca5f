namespace Kodama.SocketIO.Tests;

/// <summary>What is kept for clients that are away is bounded, whatever they do.</summary>
public class RecoveryBoundsTests
{
    private const int MaxBytes = 64 * 1024;

    [Fact]
    public async Task Namespaces_ShareWhatTheHubKeeps()
    {
        const int Most = 1024 * 1024;
        using var server = RecoveryTests.Create(hub: new HubOptions { Log = { MaxTotalBytes = Most } });
        server.IO.Emit("little");
        var little = server.IO.Main.Recovery!.Capacity;

        for (var n = 0; n < 20; n++)
        {
            for (var i = 0; i < 200; i++) server.IO.Of($"/n{n}").Emit("much", new string('x', 1000));
        }

        await Deadline.UntilAsync(() => !server.Hub.LogBudget.IsOver);
        Assert.InRange(server.Hub.LogBudget.Taken, Most / 4, Most);
        Assert.Equal(little, server.IO.Main.Recovery.Capacity);
    }

    [Fact]
    public void Namespace_KeepsSoManyBytes()
    {
        using var server = RecoveryTests.Create(o => o.ConnectionStateRecovery!.MaxBytes = MaxBytes);
        var stream = server.IO.Main.Recovery!;

        for (var i = 0; i < 1000; i++) server.IO.Emit("much", new string('x', 1000));
        var ofLarge = stream.Capacity;
        for (var i = 0; i < 10_000; i++) server.IO.Emit("x");

        // Rings grow by doubling, and records have their place beside the bytes.
        Assert.InRange(ofLarge, MaxBytes, 4 * MaxBytes);
        Assert.InRange(stream.Capacity, MaxBytes / 2, 4 * MaxBytes);
    }

    [Fact]
    public void Bytes_OfWhomAnEventWasFor_Count()
    {
        using var server = RecoveryTests.Create();
        var rooms = Enumerable.Range(0, 1000).Select(i => $"room {i}").ToArray();

        server.IO.To(rooms).Emit("x");

        Assert.InRange(server.IO.Main.Recovery!.Capacity, 2 * rooms.Sum(room => room.Length), 500_000);
    }

    [Fact]
    public async Task Namespace_ThatGoes_GivesItsBytesBack()
    {
        using var server = RecoveryTests.Create();
        var pattern = server.IO.Of(new System.Text.RegularExpressions.Regex("^/x$"));
        var session = server.Open();
        await session.SendAsync("0/x,");
        await session.ReadAsync();
        var space = Assert.Single(pattern.Children);
        space.Emit("kept");
        Assert.NotEqual(0, space.Recovery!.Capacity);

        await session.SendAsync("1/x,");
        space.Emit("too late");

        Assert.Equal(0, space.Recovery.Capacity);
    }

    [Fact]
    public async Task MoreClientsAway_ThanMayBe_FirstOnesAreForgotten()
    {
        using var server = RecoveryTests.Create(o => o.ConnectionStateRecovery!.MaxSessions = 3);
        var clients = new List<RecoveringClient>();
        for (var i = 0; i < 5; i++)
        {
            clients.Add(new RecoveringClient(server));
            await clients[i].ReturnAsync();
        }

        foreach (var client in clients) await client.Session.CutAsync();

        Assert.Equal(3, server.IO.Away!.Count);
        foreach (var client in clients) await client.ReturnAsync();
        Assert.Equal([false, false, true, true, true], clients.Select(client => client.Recovered));
        Assert.Equal(0, server.IO.Away!.Count);
    }

    [Fact]
    public async Task Client_ThatComesAndGoesAllTheTime_PushesNobodyOut()
    {
        using var server = RecoveryTests.Create(o => o.ConnectionStateRecovery!.MaxSessions = 3);
        var away = new RecoveringClient(server);
        var restless = new RecoveringClient(server);
        await away.ReturnAsync();
        await restless.ReturnAsync();
        await away.Session.CutAsync();

        for (var i = 0; i < 10; i++)
        {
            await restless.Session.CutAsync();
            await restless.ReturnAsync();
        }
        server.Clock.Advance(TimeSpan.FromSeconds(2));
        await away.ReturnAsync();

        Assert.True(away.Recovered);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task AsMuchAsMayBeMissed_ComesBehindConnect(bool packs)
    {
        using var server = RecoveryTests.Create(hub: new HubOptions { Outbox = { MaxBytes = MaxBytes } });
        var client = new RecoveringClient(server) { Packs = () => packs };
        await client.ReturnAsync();
        await client.Session.CutAsync();
        // 31 KiB as it is kept, for which half an outbox is enough; 69 KiB in MessagePack, for which a whole one is not.
        server.IO.Emit("missed", Enumerable.Repeat(0.5, 7_850).ToArray());

        await client.ReturnAsync();
        server.IO.Emit("live");
        client.Drain();

        Assert.True(client.Recovered);
        Assert.Equal(["missed", "live"], client.AllEvents);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Client_ThatHasLeftManyRooms_IsRecoveredIfItHasGotWhatCameThere(bool reads)
    {
        using var server = RecoveryTests.Create();
        var client = new RecoveringClient(server);
        await client.ReturnAsync();
        if (!reads) client.Session.Stall();
        for (var i = 0; i < 200; i++)
        {
            await client.Socket.JoinAsync($"room {i}");
            server.IO.To($"room {i}").Emit("x");
            await client.Socket.LeaveAsync($"room {i}");
        }
        client.Drain();
        await client.Session.CutAsync();

        await client.ReturnAsync();

        Assert.Equal(reads, client.Recovered);
    }
}
