using System.Collections.Concurrent;
using Kodama.Testing;

namespace Kodama.Client.Tests.Status;

public sealed class StatusTests
{
    [Fact]
    public async Task Status_FromTheStartToTheEnd_IsToldInOrderByEventAndStream()
    {
        var clock = new FakeClock();
        using var server = new RawServer();
        await using var client = KodamaClient.Create(
            server.Address, new KodamaClientOptions { Time = clock, Reconnect = ReconnectStrategy.Fixed() });
        var told = new ConcurrentQueue<ClientStatus>();
        var over = new TaskCompletionSource();
        client.StatusChanged += (sender, status) =>
        {
            Assert.Same(client, sender);
            told.Enqueue(status);
            if (status is ClientStatus.Closed) over.SetResult();
        };
        var watching = WatchAsync(client);
        Assert.IsType<ClientStatus.Disconnected>(client.Status);

        var starting = client.StartAsync();
        var first = await server.AcceptWebSocketAsync();
        await starting.Within();
        first.Reset();
        await client.BecomesAsync<ClientStatus.Reconnecting>();
        clock.Advance(TimeSpan.FromSeconds(1));
        using var second = await server.AcceptWebSocketAsync();
        await client.BecomesAsync<ClientStatus.Connected>();
        await second.SendCloseAsync(4001, "Go.");

        await over.Task.Within();
        string[] expected = ["Connecting", "Connected", "Reconnecting", "Connected", "Closed"];
        Assert.Equal(expected, told.Select(s => s.GetType().Name));
        Assert.Equal(["Disconnected", .. expected], (await watching.Within()).Select(s => s.GetType().Name));
        var end = Assert.IsType<ClientStatus.Closed>(told.Last());
        Assert.Equal(4001, Assert.IsType<HubClosedException>(end.Cause).CloseCode);
    }

    [Fact]
    public async Task Status_HandlerThatThrows_DoesNoHarm()
    {
        await using var hub = await TestHub.StartAsync();
        var client = KodamaClient.Create(hub.Address);
        var told = new ConcurrentQueue<ClientStatus>();
        client.StatusChanged += (_, _) => throw new InvalidOperationException("mine");
        client.StatusChanged += (_, status) => told.Enqueue(status);

        await client.StartAsync().Within();
        await client.DisposeAsync().AsTask().Within();

        await Deadline.UntilAsync(() => told.Count == 3);
    }

    [Fact]
    public async Task Status_HandlerThatBlocks_HoldsUpOnlyOtherHandlers()
    {
        await using var hub = await TestHub.StartAsync();
        await using var client = KodamaClient.Create(hub.Address);
        using var release = new ManualResetEventSlim();
        client.StatusChanged += (_, _) => release.Wait(Deadline.Default);

        await client.StartAsync().Within();
        await client.SendAsync("x").Within();

        Assert.Equal("x", await client.ReceiveTextAsync());
        release.Set();
    }

    [Fact]
    public async Task WatchStatus_OfAClosedClient_TellsThatAndEnds()
    {
        var client = KodamaClient.Create("Lounge");
        await client.DisposeAsync();

        Assert.Equal([new ClientStatus.Closed(null)], await WatchAsync(client).Within());
    }

    [Fact]
    public async Task Status_ConnectionLostWhileDisposing_EndsClosedByTheProgram()
    {
        for (var i = 0; i < 50; i++)
        {
            using var server = new RawServer();
            var connecting = KodamaClient.ConnectAsync(server.Address);
            using var peer = await server.AcceptWebSocketAsync();
            var client = await connecting.Within();
            var watching = WatchAsync(client);

            await Task.WhenAll(
                Task.Run(peer.Reset), Task.Run(() => client.DisposeAsync().AsTask()), Task.Run(() => client.CloseAsync())).Within();

            var statuses = await watching.Within();
            Assert.Equal(new ClientStatus.Closed(null), statuses[^1]);
            Assert.Single(statuses, s => s is ClientStatus.Closed);
            Assert.Null((await client.ReceiveAllAsync()).End);
        }
    }

    private static async Task<List<ClientStatus>> WatchAsync(KodamaClient client)
    {
        var statuses = new List<ClientStatus>();
        await foreach (var status in client.WatchStatusAsync()) statuses.Add(status);
        return statuses;
    }
}
