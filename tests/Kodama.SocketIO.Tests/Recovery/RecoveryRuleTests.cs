namespace Kodama.SocketIO.Tests;

/// <summary>What the rules of rooms say when a socket that was cut off comes back.</summary>
public class RecoveryRuleTests
{
    private RoomRights ofTea = RoomRights.All;
    private RoomRights ofLobby = RoomRights.All;

    [Fact]
    public async Task Room_ThatIsClosedWhileItsSocketIsAway_TellsItNothingOfWhatWasSaidSince()
    {
        using var server = Create();
        var (client, other) = await ComeBothAsync(server);
        await other.EmitAsync("""["message","before"]""", ack: 2);
        await client.ReadAsync();
        await client.Session.CutAsync();

        ofTea = RoomRights.None;
        other.Socket.To("tea").Emit("secret");
        server.IO.Emit("for all");
        await client.ReturnAsync();

        Assert.True(client.Recovered);
        Assert.Equal(["for all"], client.Events);
        Assert.Equal([client.Id], client.Socket.Rooms);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Socket_WithoutTheRightToHistory_IsNotRecovered(bool isOfTea)
    {
        using var server = Create();
        var (client, other) = await ComeBothAsync(server);
        server.IO.Emit("one");
        await client.ReadAsync();
        await client.Session.CutAsync();
        var before = client.Id;

        if (isOfTea) ofTea &= ~RoomRights.History;
        else ofLobby &= ~RoomRights.History;
        other.Socket.To("tea").Emit("secret");
        server.IO.Emit("missed");
        await client.ReturnAsync();

        Assert.False(client.Recovered);
        Assert.NotEqual(before, client.Id);
        Assert.Empty(client.Events);
        Assert.Equal([client.Id], client.Socket.Rooms);
        server.IO.Emit("live");
        await client.ReadAsync();
        Assert.Equal(["one", "live"], client.AllEvents);
        Assert.Equal(2, server.Hub.PeerCount);
    }

    [Fact]
    public async Task Socket_WhoseWayBackAReviewOvertakes_IsToldNothingOfWhatItMissed()
    {
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        TaskCompletionSource<RoomRights>? answer = null;
        var rules = new HubRules().Grant((_, room, _, _) =>
        {
            if (room != "tea" || answer is null) return new(RoomRights.All);
            asked.TrySetResult();
            return new(answer.Task);
        });
        using var server = Create(rules);
        var (client, other) = await ComeBothAsync(server);
        server.IO.Emit("one");
        await client.ReadAsync();
        await client.Session.CutAsync();
        other.Socket.To("tea").Emit("secret");

        answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
        var session = server.Open();
        var returning = session.SendAsync("0" + client.Auth);
        await asked.Task.Within();
        var reviewing = server.Hub.ReviewAsync("tea");
        answer.SetResult(RoomRights.All);
        await Task.WhenAll(reviewing, returning).Within();
        await session.Closed.Within();

        Assert.Empty(session.ReadAll());
        answer = null;
        await client.ReturnAsync();
        Assert.True(client.Recovered);
        Assert.Equal(["secret"], client.Events);
    }

    private TestServer Create(HubRules? rules = null) => new(
        options =>
        {
            options.Relay = true;
            options.ConnectionStateRecovery = new RecoveryOptions();
        },
        rules ?? new HubRules().Grant((_, room) => room == "tea" ? ofTea : ofLobby));

    // Two of the room tea.
    private static async Task<(RecoveringClient Client, TestClient Other)> ComeBothAsync(TestServer server)
    {
        var client = new RecoveringClient(server);
        await client.ReturnAsync();
        await client.Session.SendAsync("""21["join","tea"]""");
        Assert.Equal("31[]", await client.Session.ReadAsync());
        var other = await server.ComeAsync();
        await other.EmitAsync("""["join","tea"]""", ack: 1);
        Assert.Equal("31[]", await other.ReadAsync());
        return (client, other);
    }
}
