using System.Text.Json.Serialization;
using Kodama.Testing;

namespace Kodama.Client.Tests.Rooms;

/// <summary>Rooms of a real hub, while nothing goes wrong.</summary>
public sealed partial class KodamaRoomsTests
{
    [Fact]
    public async Task Publish_InARoom_IsAcknowledgedWithItsPositionAndHeardByOthers()
    {
        await using var hub = await TestHub.StartAsync(o => o.Echo = false);
        await using var yui = await KodamaRooms.ConnectAsync(hub.Address, new() { Details = { ["name"] = "Yui" } }).Within();
        await using var ren = await KodamaRooms.ConnectAsync(hub.Address).Within();
        await using var hers = await yui.JoinAsync("tea").Within();
        await using var his = await ren.JoinAsync("tea").Within();

        var published = await hers.PublishAsync("木霊 \"hello\"\n").Within();

        Assert.Equal((1, false), (published.Position!.Value.Offset, published.IsDuplicate));
        var message = await his.NextAsync<RoomMessage>();
        Assert.Equal("木霊 \"hello\"\n", message.Text);
        Assert.Equal(published.Position, message.Position);
        Assert.Equal((yui.Session!.Id, "Yui", false, "message"), (message.From, message.Name, message.IsOwn, message.Event));
        Assert.InRange(message.Time, DateTimeOffset.UtcNow - TimeSpan.FromMinutes(1), DateTimeOffset.UtcNow + TimeSpan.FromMinutes(1));
    }

    [Fact]
    public async Task Publish_BytesAndEvents_ArriveAsTheyAre()
    {
        await using var hub = await TestHub.StartAsync();
        await using var rooms = await KodamaRooms.ConnectAsync(hub.Address).Within();
        await using var tea = await rooms.JoinAsync("tea").Within();

        await tea.PublishAsync(new byte[] { 1, 2, 3 }).Within();
        await tea.PublishAsync("move", new Move(3, -4), RoomsJson.Default.Move).Within();
        await tea.PublishAsync("said", RoomPayload.Arguments("""[1,"two",{"three":[3]}]"""u8.ToArray())).Within();
        await tea.PublishAsync("").Within();
        await tea.PublishTransientAsync("cursor", "here").Within();

        var bytes = await tea.NextAsync<RoomMessage>();
        Assert.True(bytes.Payload.IsBinary);
        Assert.Equal([1, 2, 3], bytes.Bytes.ToArray());
        var move = await tea.NextAsync<RoomMessage>();
        Assert.Equal(("move", new Move(3, -4), true), (move.Event, move.As(RoomsJson.Default.Move), move.IsOwn));
        var said = await tea.NextAsync<RoomMessage>();
        Assert.Equal("""[1,"two",{"three":[3]}]""", said.Text);
        Assert.Equal("two", said.Payload.ReadArguments()[1].GetString());
        Assert.Equal("", (await tea.NextAsync<RoomMessage>()).Text);
        var cursor = await tea.NextAsync<RoomMessage>();
        Assert.Equal(("cursor", "here", true, 4), (cursor.Event, cursor.Text, cursor.IsTransient, cursor.Position.Offset));
    }

    [Fact]
    public async Task Join_WithAStart_TellsWhatWasBefore()
    {
        await using var hub = await TestHub.StartAsync();
        await using var rooms = await KodamaRooms.ConnectAsync(hub.Address).Within();
        await using (var first = await rooms.JoinAsync("tea").Within())
            for (var i = 0; i < 5; i++) await first.PublishAsync($"{i}").Within();

        RoomPosition after;
        await using (var last = await rooms.JoinAsync("tea", new() { Start = RoomStart.Last(2) }).Within())
        {
            var three = await last.NextAsync<RoomMessage>();
            Assert.Equal("3", three.Text);
            after = three.Position;
            Assert.Equal("4", (await last.NextAsync<RoomMessage>()).Text);
            await last.NextAsync<CaughtUp>();
        }
        await using (var onwards = await rooms.JoinAsync("tea", new() { Start = RoomStart.After(after) }).Within())
            Assert.Equal("4", (await onwards.NextAsync<RoomMessage>()).Text);
        await using (var since = await rooms.JoinAsync("tea", new() { Start = RoomStart.Since(DateTimeOffset.UnixEpoch) }).Within())
            Assert.Equal(["0", "1", "2", "3", "4"], await since.TextsAsync(5));
        await using (var live = await rooms.JoinAsync("tea").Within())
        {
            await live.NextAsync<CaughtUp>();
            await live.PublishAsync("5").Within();
            Assert.Equal("5", (await live.NextAsync<RoomMessage>()).Text);
        }
    }

    [Fact]
    public async Task Rooms_ManyOnOneConnection_HearTheirOwnAlone()
    {
        await using var hub = await TestHub.StartAsync();
        await using var rooms = await KodamaRooms.ConnectAsync(hub.Address).Within();

        var joined = await Task.WhenAll(Enumerable.Range(0, 50).Select(i => rooms.JoinAsync($"room {i} 木"))).Within();
        await Task.WhenAll(joined.Select(r => r.PublishAsync(r.Name))).Within();

        Assert.Equal(1, hub.Hub.PeerCount);
        foreach (var room in joined) Assert.Equal(room.Name, (await room.NextAsync<RoomMessage>()).Text);
    }

    [Fact]
    public async Task Presence_EnterUpdateAndExit_AreToldAndListed()
    {
        await using var hub = await TestHub.StartAsync();
        await using var yui = await KodamaRooms.ConnectAsync(hub.Address, new() { Details = { ["name"] = "Yui" } }).Within();
        await using var ren = await KodamaRooms.ConnectAsync(hub.Address).Within();
        await using var hers = await yui.JoinAsync("tea").Within();
        await hers.EnterAsync(new Move(1, 2), RoomsJson.Default.Move).Within();
        await using var his = await ren.JoinAsync("tea", new() { Presence = true }).Within();

        var lists = await his.NextAsync<ListsReplaced>();
        var member = Assert.Single(lists.Members).Value;
        Assert.Equal((yui.Session!.Id, "Yui", new Move(1, 2)), (member.Id, member.Name, member.As(RoomsJson.Default.Move)));
        await hers.EnterAsync(new Move(5, 6), RoomsJson.Default.Move).Within();
        Assert.Equal(PresenceAction.Update, (await his.NextAsync<PresenceChange>()).Action);
        Assert.Equal(new Move(5, 6), his.Members[yui.Session.Id].As(RoomsJson.Default.Move));
        await hers.ExitAsync().Within();
        var left = await his.NextAsync<PresenceChange>();
        Assert.Equal((PresenceAction.Leave, yui.Session.Id), (left.Action, left.Member.Id));
        Assert.Empty(his.Members);
    }

    [Fact]
    public async Task State_SetAndRemoved_IsToldAndListed()
    {
        await using var hub = await TestHub.StartAsync();
        await using var yui = await KodamaRooms.ConnectAsync(hub.Address).Within();
        await using var ren = await KodamaRooms.ConnectAsync(hub.Address).Within();
        await using var hers = await yui.JoinAsync("tea").Within();
        await hers.SetAsync("topic", "echoes").Within();
        await hers.SetAsync("picture", new byte[] { 7, 8 }, isBound: true).Within();
        await using var his = await ren.JoinAsync("tea", new() { State = true }).Within();

        Assert.Equal(2, (await his.NextAsync<ListsReplaced>()).State.Count);
        Assert.Equal(("echoes", false), (his.State["topic"].Payload.Text, his.State["topic"].IsBound));
        Assert.Equal([7, 8], his.State["picture"].Payload.Bytes.ToArray());
        Assert.True(his.State["picture"].IsBound);
        await hers.SetAsync("topic", "leaves").Within();
        var set = await his.NextAsync<StateChange>();
        Assert.Equal(("topic", "leaves", yui.Session!.Id, false), (set.Key, set.Value!.Payload.Text, set.From, set.IsOwn));
        Assert.Null((await hers.RemoveAsync("nothing").Within()).Position);
        await hers.RemoveAsync("topic").Within();
        Assert.Null((await his.NextAsync<StateChange>()).Value);
        Assert.Equal(["picture"], his.State.Keys);
        await hers.LeaveAsync().Within();
        Assert.Equal("picture", (await his.NextAsync<StateChange>()).Key);
        Assert.Empty(his.State);
    }

    [Fact]
    public async Task Join_AfterAKeptPosition_KnowsMembersAndStateAndHearsWhatWasMissed()
    {
        await using var hub = await TestHub.StartAsync();
        await using var yui = await KodamaRooms.ConnectAsync(hub.Address).Within();
        await using var ren = await KodamaRooms.ConnectAsync(hub.Address).Within();
        await using var hers = await yui.JoinAsync("tea").Within();
        await hers.EnterAsync().Within();
        await hers.SetAsync("topic", "echoes").Within();
        var kept = (await hers.PublishAsync("1").Within()).Position!.Value;
        await hers.SetAsync("topic", "leaves").Within();
        await hers.PublishAsync("2").Within();

        await using var his = await ren.JoinAsync(
            "tea", new() { Start = RoomStart.After(kept), Presence = true, State = true }).Within();

        var lists = await his.NextAsync<ListsReplaced>();
        Assert.Equal((yui.Session!.Id, "leaves"), (Assert.Single(lists.Members).Key, lists.State["topic"].Payload.Text));
        Assert.Equal(["2"], await his.TextsAsync(1));
        await hers.SetAsync("topic", "more").Within();
        Assert.Equal("more", (await his.NextAsync<StateChange>()).Value!.Payload.Text);
    }

    [Fact]
    public async Task History_InPages_GoesBothWays()
    {
        await using var hub = await TestHub.StartAsync();
        await using var rooms = await KodamaRooms.ConnectAsync(hub.Address).Within();
        await using var tea = await rooms.JoinAsync("tea").Within();
        for (var i = 0; i < 5; i++) await tea.PublishAsync($"{i}").Within();

        var newest = await tea.ReadHistoryAsync(limit: 2).Within();
        Assert.Equal(["3", "4"], newest.Messages.Select(m => m.Text));
        Assert.Equal((true, false), (newest.HasMore, newest.IsGap));
        Assert.True(newest.Messages[0].IsOwn);
        var before = await newest.ReadNextAsync().Within();
        Assert.Equal(["1", "2"], before.Messages.Select(m => m.Text));
        var oldest = await before.ReadNextAsync().Within();
        Assert.Equal(["0"], oldest.Messages.Select(m => m.Text));
        Assert.False(oldest.HasMore);
        var onwards = await tea.ReadHistoryAsync(after: oldest.Messages[0].Position, limit: 3).Within();
        Assert.Equal(["1", "2", "3"], onwards.Messages.Select(m => m.Text));
        Assert.Equal(["4"], (await onwards.ReadNextAsync().Within()).Messages.Select(m => m.Text));
        await Assert.ThrowsAsync<ArgumentException>(() => tea.ReadHistoryAsync(before.Position, before.Position));
    }

    [Fact]
    public async Task Direct_ToASession_ArrivesThereAlone()
    {
        await using var hub = await TestHub.StartAsync();
        await using var yui = await KodamaRooms.ConnectAsync(hub.Address, new() { Details = { ["name"] = "Yui" } }).Within();
        await using var ren = await KodamaRooms.ConnectAsync(hub.Address).Within();
        await using var hers = await yui.JoinAsync("tea").Within();
        await using var his = await ren.JoinAsync("tea").Within();

        await yui.SendToAsync(ren.Session!.Id, "psst").Within();
        await yui.SendToAsync(ren.Session.Id, "move", new Move(1, 2), RoomsJson.Default.Move).Within();

        await using var heard = ren.DirectMessages.GetAsyncEnumerator();
        Assert.True(await heard.MoveNextAsync().Within());
        var psst = heard.Current;
        Assert.Equal(("psst", "Yui", yui.Session!.Id, true), (psst.Text, psst.Name, psst.From, psst.IsFromPeer));
        Assert.True(await heard.MoveNextAsync().Within());
        Assert.Equal(("move", new Move(1, 2)), (heard.Current.Event, heard.Current.As(RoomsJson.Default.Move)));
        var gone = await Assert.ThrowsAsync<RequestRefusedException>(() => yui.SendToAsync("nobody", "psst").Within());
        Assert.Equal("PEER_GONE", gone.Code);
    }

    [Fact]
    public async Task Publish_MoreThanAFrameHolds_IsRefusedAndTheConnectionGoesOn()
    {
        await using var hub = await TestHub.StartAsync();
        await using var rooms = await KodamaRooms.ConnectAsync(hub.Address).Within();
        await using var tea = await rooms.JoinAsync("tea").Within();

        var text = await Assert.ThrowsAsync<RequestRefusedException>(() => tea.PublishAsync(new string('x', 1024 * 1024)).Within());
        var bytes = await Assert.ThrowsAsync<RequestRefusedException>(() => tea.PublishAsync(new byte[1024 * 1024 + 1]).Within());

        Assert.Equal(("TOO_LARGE", "TOO_LARGE"), (text.Code, bytes.Code));
        Assert.NotNull((await tea.PublishAsync(new byte[1024 * 1024]).Within()).Position);
        Assert.Equal(1024 * 1024, (await tea.NextAsync<RoomMessage>()).Bytes.Length);
    }

    [Fact]
    public async Task Join_RoomThatTheRulesRefuse_SaysWhy()
    {
        await using var hub = await TestHub.StartAsync(
            o => o.Rules.Grant((_, room, _) => room == "tea" ? RoomVerdict.Refuse("Members only.") : RoomRights.All));
        await using var rooms = await KodamaRooms.ConnectAsync(hub.Address).Within();

        var refused = await Assert.ThrowsAsync<RequestRefusedException>(() => rooms.JoinAsync("tea").Within());

        Assert.Equal(("NOT_ALLOWED", "Members only.", false), (refused.Code, refused.Reason, refused.ShouldRetry));
        await using var other = await rooms.JoinAsync("coffee").Within();
    }

    [Fact]
    public async Task Join_RoomThatIsJoined_IsRefusedUntilItIsLeft()
    {
        await using var hub = await TestHub.StartAsync();
        await using var rooms = await KodamaRooms.ConnectAsync(hub.Address).Within();
        var tea = await rooms.JoinAsync("tea").Within();

        await Assert.ThrowsAsync<InvalidOperationException>(() => rooms.JoinAsync("tea"));

        await tea.LeaveAsync().Within();
        await tea.LeaveAsync().Within();
        Assert.Null(await tea.EndAsync());
        await Assert.ThrowsAsync<NotConnectedException>(() => tea.PublishAsync("late").Within());
        await Assert.ThrowsAsync<NotConnectedException>(() => tea.PublishTransientAsync("late").Within());
        await Assert.ThrowsAsync<NotConnectedException>(() => tea.ReadHistoryAsync().Within());
        await using var again = await rooms.JoinAsync("tea").Within();
    }

    [Fact]
    public async Task Close_OfTheClient_EndsItsRooms()
    {
        await using var hub = await TestHub.StartAsync();
        var rooms = await KodamaRooms.ConnectAsync(hub.Address).Within();
        var tea = await rooms.JoinAsync("tea").Within();
        await tea.NextAsync<CaughtUp>();
        var last = tea.PublishAsync("last");

        Assert.True(await rooms.CloseAsync().Within());

        Assert.NotNull((await last.Within()).Position);
        Assert.Equal(["last"], await tea.TextsAsync(1));
        Assert.Null(await tea.EndAsync());
        await Assert.ThrowsAsync<NotConnectedException>(() => tea.PublishAsync("late").Within());
        await Assert.ThrowsAsync<NotConnectedException>(() => rooms.JoinAsync("coffee").Within());
        await Assert.ThrowsAsync<NotConnectedException>(() => rooms.SendToAsync("x", "late").Within());
        Assert.Equal(new ClientStatus.Closed(null), rooms.Status);
    }

    [Fact]
    public async Task Client_BeforeItIsStarted_TakesJoinsAndMakesThem()
    {
        await using var hub = await TestHub.StartAsync();
        await using var rooms = KodamaRooms.Create(hub.Address);
        var joining = rooms.JoinAsync("tea");

        await rooms.StartAsync().Within();

        await using var tea = await joining.Within();
        Assert.NotNull((await tea.PublishAsync("hello").Within()).Position);
    }

    [Fact]
    public async Task Value_PublishedAndSet_IsJsonText()
    {
        await using var hub = await TestHub.StartAsync();
        await using var yui = await KodamaRooms.ConnectAsync(hub.Address).Within();
        await using var tea = await yui.JoinAsync("tea", new() { State = true }).Within();
        await tea.NextAsync<ListsReplaced>();

        await tea.PublishAsync(new Move(1, 2), RoomsJson.Default.Move).Within();
        await tea.SetAsync("last", new Move(3, 4), RoomsJson.Default.Move).Within();

        var said = await tea.NextAsync<RoomMessage>();
        Assert.Equal(("message", true, new Move(1, 2)), (said.Event, said.IsText, said.As(RoomsJson.Default.Move)));
        var set = (await tea.NextAsync<StateChange>()).Value!;
        Assert.Equal((said.Text.Replace('1', '3').Replace('2', '4'), new Move(3, 4)), (set.Text, set.As(RoomsJson.Default.Move)));
    }

    [Fact]
    public async Task Argument_ThatIsNull_IsNamed()
    {
        Assert.Equal("nameOrAddress", Assert.Throws<ArgumentNullException>(() => KodamaRooms.Create((string)null!)).ParamName);
        Assert.Equal("address", Assert.Throws<ArgumentNullException>(() => KodamaRooms.Create((Uri)null!)).ParamName);
        Assert.Equal("hub", Assert.Throws<ArgumentNullException>(() => KodamaRooms.Create((Discovery.FoundHub)null!)).ParamName);
        await using var rooms = KodamaRooms.Create("Lounge");
        Assert.Equal("room", (await Assert.ThrowsAsync<ArgumentNullException>(() => rooms.JoinAsync(null!))).ParamName);
        Assert.Equal("peerOrSession", (await Assert.ThrowsAsync<ArgumentNullException>(() => rooms.SendToAsync(null!, "x"))).ParamName);
    }

    [Fact]
    public void Options_OutOfRange_AreRefusedBeforeAnything()
    {
        Refuses(o => o.EntryCapacity = 0, "EntryCapacity");
        Refuses(o => o.PublishCapacity = 0, "PublishCapacity");
        Refuses(o => o.PublishBytes = 0, "PublishBytes");
        Refuses(o => o.FullMode = (FullMode)9, "FullMode");
        Refuses(o => o.PublishFullMode = (PublishFullMode)9, "PublishFullMode");
        Refuses(o => o.ConnectTimeout = TimeSpan.Zero, "ConnectTimeout");

        static void Refuses(Action<KodamaRoomsOptions> change, string name)
        {
            var options = new KodamaRoomsOptions();
            change(options);
            Assert.Contains(
                name, Assert.Throws<ArgumentException>(() => KodamaRooms.Create("Lounge", options)).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Join_NameThatNoRoomHas_IsRefusedAtOnce()
    {
        await using var rooms = KodamaRooms.Create("Lounge");

        // Half a character cannot stand in an attribute.
        foreach (var name in (string[])["", "a\nb", "half " + (char)0xD83D])
            await Assert.ThrowsAnyAsync<ArgumentException>(() => rooms.JoinAsync(name).Within());
    }

    internal sealed record Move(int X, int Y);

    [JsonSerializable(typeof(Move))]
    internal sealed partial class RoomsJson : JsonSerializerContext;
}
