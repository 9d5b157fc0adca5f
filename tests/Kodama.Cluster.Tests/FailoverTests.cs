using Kodama.Client;

namespace Kodama.Cluster.Tests;

/// <summary>Clients go to another hub when theirs is gone.</summary>
public sealed class FailoverTests(SharedServer redis) : IClassFixture<SharedServer>
{
    [Fact]
    public async Task Rooms_WhenTheirHubGoes_ResumeAtAnotherWithNothingLostAndNothingTwice()
    {
        await using var cluster = await TestCluster.StartAsync(redis.Address);
        await using var reader = await KodamaRooms.ConnectAsync(TestCluster.Address(cluster.Hubs[2]));
        await using var heard = await reader.JoinAsync("lounge");
        await using var writer = await KodamaRooms.ConnectAsync(TestCluster.Address(cluster.Hubs[0]));
        await using var said = await writer.JoinAsync("lounge");
        for (var i = 0; i < 5; i++) await said.PublishAsync($"{i}").WaitAsync(Deadline.Default);
        var session = writer.Session;

        var resumed = writer.BecomesAsync<ClientStatus.Connected>(static status => status.IsResumed);
        await cluster.StopAsync(cluster.Hubs[0]);
        var tasks = Enumerable.Range(5, 5).Select(i => said.PublishAsync($"{i}")).ToList();
        await Task.WhenAll(tasks).WaitAsync(Deadline.Default);
        await resumed.WaitAsync(Deadline.Default);

        Assert.Equal(session, writer.Session);
        Assert.Equal(Enumerable.Range(0, 10).Select(i => $"{i}"), await heard.TextsAsync(10));
    }

    [Fact]
    public async Task Rooms_WhenOneHubAfterAnotherGoes_AreLedToThoseThatHaveCome()
    {
        await using var cluster = await TestCluster.StartAsync(redis.Address, hubs: 2);
        await using var rooms = await KodamaRooms.ConnectAsync(TestCluster.Address(cluster.Hubs[0]));
        await using var room = await rooms.JoinAsync("lounge");
        await cluster.AddAsync();
        await cluster.MeetAsync();

        for (var i = 0; i < 2; i++)
        {
            var gone = cluster.Hubs.Single(hub => hub.Hub.PeerCount == 1);
            await cluster.StopAsync(gone);
            await Deadline.UntilAsync(() => cluster.Hubs.Any(hub => hub.Hub.PeerCount == 1));
            await room.PublishAsync("here").WaitAsync(Deadline.Default);
        }
    }

    [Fact]
    public async Task Client_WhenItsHubGoes_IsInTheSameRoomAtAnother()
    {
        await using var cluster = await TestCluster.StartAsync(redis.Address, hubs: 2);
        await using var client = await KodamaClient.ConnectAsync(
            TestCluster.Address(cluster.Hubs[0]), new() { Room = "tea", Details = { ["name"] = "Yui" } });

        await cluster.StopAsync(cluster.Hubs[0]);
        await Deadline.UntilAsync(() => cluster.Hubs[0].Hub.FindRoom("tea") is { PeerCount: 1 });

        Assert.Equal("Yui", cluster.Hubs[0].Hub.Peers.Single().Details["name"]);
        cluster.Hubs[0].Hub.FindRoom("tea")!.Send("welcome");
        Assert.Equal("welcome", await client.ReceiveTextAsync());
    }
}
