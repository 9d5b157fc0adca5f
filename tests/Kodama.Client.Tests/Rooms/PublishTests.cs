using Kodama.Testing;

namespace Kodama.Client.Tests.Rooms;

/// <summary>What waits to be acknowledged, and how it ends.</summary>
public sealed class PublishTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly FakeClock clock = new();

    [Fact]
    public async Task Publish_ThatCouldNotBeKept_EndsWhatWasBehindItAndLetsTheNextThrough()
    {
        using var hub = new ScriptedHub();
        await using var rooms = Start(hub);
        using var connection = await hub.AcceptAsync();
        var tea = await JoinAsync(rooms, connection);
        await connection.MessageAsync(5, "heard");
        await tea.TextsAsync(1);
        var first = tea.PublishAsync("1");
        var second = tea.PublishAsync("2");
        var (one, two) = (await connection.ReadAsync("publish"), await connection.ReadAsync("publish"));

        await connection.RefuseAsync(one, "NOT_KEPT");
        Assert.Equal(("NOT_KEPT", true), await RefusalOfAsync(first));
        // Nothing new goes out before all that was behind it is decided.
        var third = tea.PublishAsync("3");
        await connection.RefuseAsync(two, "NOT_IN_ORDER");
        Assert.Equal(("NOT_IN_ORDER", true), await RefusalOfAsync(second));

        await connection.ReadAsync("leave");
        Assert.Equal("epoch:5", (await connection.LetInAsync("epoch:5")).Text("after"));
        var three = await connection.ReadAsync("publish");
        Assert.Equal("3", three.Text("text"));
        await connection.OkAsync(three, "epoch:6");
        await third.Within();
    }

    [Theory]
    [InlineData("MESSAGE_REFUSED", false)]
    [InlineData("NOT_ALLOWED", false)]
    [InlineData("ID_REUSED", false)]
    [InlineData("INVALID", false)]
    [InlineData("BUSY", true)]
    [InlineData("UNAVAILABLE", true)]
    [InlineData("FULL", true)]
    public async Task Publish_Refused_SaysWhetherToTryAgainAndHoldsUpNothing(string code, bool again)
    {
        using var hub = new ScriptedHub();
        await using var rooms = Start(hub);
        using var connection = await hub.AcceptAsync();
        var tea = await JoinAsync(rooms, connection);
        var refused = tea.PublishAsync("1");
        var next = tea.PublishAsync("2");

        await connection.RefuseAsync(await connection.ReadAsync("publish"), code);

        Assert.Equal((code, again), await RefusalOfAsync(refused));
        await connection.OkAsync(await connection.ReadAsync("publish"), "epoch:1");
        await next.Within();
    }

    [Fact]
    public async Task Publish_CancelledBeforeItIsSent_IsNeverSent()
    {
        using var hub = new ScriptedHub();
        await using var rooms = Start(hub);
        JoinedRoom tea;
        using (var first = await hub.AcceptAsync())
        {
            tea = await JoinAsync(rooms, first);
            first.Peer.Reset();
        }
        await rooms.BecomesAsync<ClientStatus.Reconnecting>();
        using var cancel = new CancellationTokenSource();
        var cancelled = tea.PublishAsync("never", cancel.Token);
        var kept = tea.PublishAsync("kept");

        await cancel.CancelAsync();

        Assert.False((await Assert.ThrowsAsync<PublishCanceledException>(() => cancelled.Within())).WasSent);
        clock.Advance(Second);
        using var second = await hub.AcceptAsync();
        await second.LetInAsync();
        var request = await second.ReadAsync("publish");
        Assert.Equal("kept", request.Text("text"));
        await second.OkAsync(request, "epoch:1");
        await kept.Within();
    }

    [Fact]
    public async Task Publish_CancelledWhenItWasSent_MayBeThereAndIsNotSentAgain()
    {
        using var hub = new ScriptedHub();
        await using var rooms = Start(hub);
        using var cancel = new CancellationTokenSource();
        JoinedRoom tea;
        using (var first = await hub.AcceptAsync())
        {
            tea = await JoinAsync(rooms, first);
            var cancelled = tea.PublishAsync("perhaps", cancel.Token);
            await first.ReadAsync("publish");
            await cancel.CancelAsync();
            Assert.True((await Assert.ThrowsAsync<PublishCanceledException>(() => cancelled.Within())).WasSent);
            first.Peer.Reset();
        }
        await rooms.BecomesAsync<ClientStatus.Reconnecting>();
        var next = tea.PublishAsync("next");
        clock.Advance(Second);
        using var second = await hub.AcceptAsync();
        await second.LetInAsync();

        var request = await second.ReadAsync("publish");

        Assert.Equal("next", request.Text("text"));
        await second.OkAsync(request, "epoch:1");
        await next.Within();
    }

    [Fact]
    public async Task Publish_CancelledBeforeAnything_IsCancelledAtOnce()
    {
        await using var rooms = KodamaRooms.Create("Lounge");
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => rooms.JoinAsync("tea", null, new CancellationToken(true)));
    }

    [Fact]
    public async Task Queue_ThatIsFull_LetsTheNextWaitInOrder()
    {
        using var hub = new ScriptedHub();
        await using var rooms = Start(hub, o => o.PublishCapacity = 2);
        using var connection = await hub.AcceptAsync();
        var tea = await JoinAsync(rooms, connection);
        using var cancel = new CancellationTokenSource();

        var publishing = Enumerable.Range(0, 5).Select(i => tea.PublishAsync($"{i}", i == 2 ? cancel.Token : default)).ToList();
        await cancel.CancelAsync();
        Assert.False((await Assert.ThrowsAsync<PublishCanceledException>(() => publishing[2].Within())).WasSent);

        var (first, second) = (await connection.ReadAsync("publish"), await connection.ReadAsync("publish"));
        Assert.Equal(("0", "1"), (first.Text("text"), second.Text("text")));
        Assert.False(connection.Peer.HasMore());
        await connection.OkAsync(first, "epoch:1");
        var third = await connection.ReadAsync("publish");
        Assert.Equal("3", third.Text("text"));
        await connection.OkAsync(second, "epoch:2");
        await connection.OkAsync(third, "epoch:3");
        await connection.OkAsync(await connection.ReadAsync("publish"), "epoch:4");
        await Task.WhenAll(publishing.Where((_, i) => i != 2)).Within();
    }

    [Fact]
    public async Task Queue_ThatIsFull_ThrowsWhereThatWasAskedFor()
    {
        using var hub = new ScriptedHub();
        await using var rooms = Start(hub, o => (o.PublishBytes, o.PublishFullMode) = (1000, PublishFullMode.Throw));
        using var connection = await hub.AcceptAsync();
        var tea = await JoinAsync(rooms, connection);
        var large = tea.PublishAsync(new string('x', 5000));

        await Assert.ThrowsAsync<PublishQueueFullException>(() => tea.PublishAsync("too much").Within());

        await connection.OkAsync(await connection.ReadAsync("publish"), "epoch:1");
        await large.Within();
        var next = tea.PublishAsync("next");
        await connection.OkAsync(await connection.ReadAsync("publish"), "epoch:2");
        await next.Within();
    }

    [Fact]
    public async Task Publish_ManyAtOnce_KeepsFewerUnderWayThanAHubRemembers()
    {
        using var hub = new ScriptedHub();
        await using var rooms = Start(hub);
        using var connection = await hub.AcceptAsync();
        var tea = await JoinAsync(rooms, connection);

        var publishing = Enumerable.Range(0, 200).Select(i => tea.PublishAsync($"{i}")).ToList();
        var requests = new List<System.Text.Json.JsonElement>();
        for (var i = 0; i < 128; i++) requests.Add(await connection.ReadAsync("publish"));
        // Those that overtake the first do not let more through.
        foreach (var request in requests[1..]) await connection.OkAsync(request, "epoch:1");
        await Task.WhenAll(publishing[1..128]).Within();
        Assert.False(connection.Peer.HasMore());

        await connection.OkAsync(requests[0], "epoch:1");

        for (var i = 128; i < 200; i++) await connection.OkAsync(await connection.ReadAsync("publish"), "epoch:1");
        await Task.WhenAll(publishing).Within();
    }

    [Fact]
    public async Task Leave_WithWhatIsNotAcknowledged_StillHearsOfIt()
    {
        using var hub = new ScriptedHub();
        await using var rooms = Start(hub);
        using var connection = await hub.AcceptAsync();
        var tea = await JoinAsync(rooms, connection);
        var sent = tea.PublishAsync("sent");
        var lost = tea.PublishAsync("lost");
        var request = await connection.ReadAsync("publish");
        await connection.ReadAsync("publish");

        var leaving = tea.LeaveAsync();

        var leave = await connection.ReadAsync("leave");
        await connection.OkAsync(request, "epoch:1");
        await connection.OkAsync(leave);
        await leaving.Within();
        await sent.Within();
        connection.Peer.Reset();
        Assert.Equal(("OUTCOME_UNKNOWN", false), await RefusalOfAsync(lost));
    }

    [Fact]
    public async Task Publish_WhenTheClientCloses_WasNeverSentOrIsUnknown()
    {
        using var hub = new ScriptedHub();
        var rooms = Start(hub, o => o.PublishCapacity = 1);
        var connection = await hub.AcceptAsync();
        var tea = await JoinAsync(rooms, connection);
        var sent = tea.PublishAsync("sent");
        var waiting = tea.PublishAsync("waiting");
        await connection.ReadAsync("publish");

        var closing = rooms.CloseAsync();
        connection.Peer.Reset();
        await closing.Within();

        Assert.Equal(("OUTCOME_UNKNOWN", false), await RefusalOfAsync(sent));
        await Assert.ThrowsAsync<NotConnectedException>(() => waiting.Within());
    }

    private static async Task<(string Code, bool ShouldRetry)> RefusalOfAsync(Task publishing)
    {
        var refused = await Assert.ThrowsAsync<RequestRefusedException>(() => publishing.Within());
        return (refused.Code, refused.ShouldRetry);
    }

    private KodamaRooms Start(ScriptedHub hub, Action<KodamaRoomsOptions>? configure = null)
    {
        var options = new KodamaRoomsOptions { Time = clock, Reconnect = ReconnectStrategy.Fixed() };
        configure?.Invoke(options);
        var rooms = KodamaRooms.Create(hub.Address, options);
        _ = rooms.StartAsync();
        return rooms;
    }

    private static async Task<JoinedRoom> JoinAsync(KodamaRooms rooms, ScriptedConnection connection)
    {
        var joining = rooms.JoinAsync("tea");
        await connection.LetInAsync();
        return await joining.Within();
    }
}
