namespace Kodama.Cluster.Tests;

/// <summary>What hubs count together, and who of them learns what has become of it.</summary>
public sealed class TallyTests(SharedServer redis) : IClassFixture<SharedServer>
{
    [Fact]
    public async Task Turn_ThatIsAskedAgain_IsAnsweredAgainToWhoHasLearnedItAlone()
    {
        await using var cluster = await TestCluster.StartAsync(redis.Address, hubs: 2);
        var (first, second) = (cluster.Hubs[0].Hub.Cluster!, cluster.Hubs[1].Hub.Cluster!);
        Assert.Equal(1, await first.CountAsync("tea", 1));

        for (var i = 0; i < 2; i++) Assert.Equal(ClusterTurn.Begun, (await first.TurnAsync("tea", 7))!.Value.Turn);
        Assert.Equal(ClusterTurn.None, (await second.TurnAsync("tea", 7))!.Value.Turn);
        Assert.Equal(ClusterTurn.None, (await first.TurnAsync("tea", 8))!.Value.Turn);

        for (var i = 0; i < 2; i++) Assert.True(await first.NoteAsync("tea", "yui", 1, isThere: true, 9));
        Assert.False(await second.NoteAsync("tea", "yui", 1, isThere: true, 9));
    }

    [Fact]
    public async Task End_TellsThePartsThatWereThere_AgainToWhoAsksAgain()
    {
        await using var cluster = await TestCluster.StartAsync(redis.Address, hubs: 1);
        var hub = cluster.Hubs[0].Hub.Cluster!;
        await hub.CountAsync("tea", 1);
        await hub.TurnAsync("tea", 1);
        await hub.NoteAsync("tea", "yui", 1, isThere: true, 2);
        await hub.NoteAsync("tea", "ren", 2, isThere: true, 3);
        await hub.NoteAsync("tea", "ren", 3, isThere: false, 4);
        await hub.CountAsync("tea", 0);

        for (var i = 0; i < 2; i++)
        {
            var (turn, gone) = (await hub.TurnAsync("tea", 5))!.Value;
            Assert.Equal(ClusterTurn.Ended, turn);
            Assert.Equal(["yui"], gone);
        }
    }

    [Fact]
    public async Task Part_ThatWasSeenGoingBehindTheEnd_IsNewsWhenItComesToAnotherOrder()
    {
        await using var cluster = await TestCluster.StartAsync(redis.Address, hubs: 1);
        var hub = cluster.Hubs[0].Hub.Cluster!;
        await hub.CountAsync("tea", 1);
        await hub.TurnAsync("tea", 1);
        await hub.NoteAsync("tea", "yui", 500, isThere: true, 2);
        await hub.CountAsync("tea", 0);
        await hub.TurnAsync("tea", 3);
        await hub.NoteAsync("tea", "yui", 501, isThere: false, 4);

        await hub.CountAsync("tea", 1);
        await hub.TurnAsync("tea", 5);
        Assert.True(await hub.NoteAsync("tea", "yui", 1, isThere: true, 6));
    }

    [Fact]
    public async Task WhatAnotherTryWouldNotChange_IsAnError()
    {
        await using var cluster = await TestCluster.StartAsync(redis.Address, hubs: 1);
        redis.Server.Run("SET", cluster.Key("parts:tea"), "no parts");

        var error = await Assert.ThrowsAnyAsync<Exception>(
            () => cluster.Hubs[0].Hub.Cluster!.NoteAsync("tea", "yui", 1, isThere: true, 1).AsTask());
        Assert.Contains("WRONGTYPE", error.Message, StringComparison.Ordinal);
    }
}
