namespace Kodama.Core.Tests;

/// <summary>Real threads; a watcher that misses nothing is the witness of what the order was.</summary>
public class RoomOrderTests
{
    private const int Speakers = 3;
    private const int PerSpeaker = 1_500;

    private static readonly WatchOptions All = new() { Capacity = 1_000_000 };

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Publish_RacingSpeakersJoinersAndLeavers_EveryPeerSeesTheRoomsOrderOnce(bool echo)
    {
        var hub = new Hub(new HubOptions { Echo = echo });
        var speakers = await ComeAsync(hub, Speakers);
        var listener = await hub.ComeAsync();
        var guests = await ComeAsync(hub, 40, room: null);
        using var watcher = hub.Watch(All);

        Race.Run(
        [
            .. speakers.Select(s => (Action)(() => Speak(s, "lobby"))),
            .. guests.Chunk(20).Select(some => (Action)(() => ComeAndGo(hub, some))),
        ]);

        var events = await watcher.ReadToEndAsync();
        var messages = events.Where(e => e.Kind == HubEventKind.Message).ToList();
        Assert.Equal(Enumerable.Range(1, Speakers * PerSpeaker).Select(i => (long)i), messages.Select(m => m.Message.Offset));
        Assert.Equal(messages.Select(TextOf), listener.Received);
        Assert.All(speakers, s => Assert.Equal(messages.Where(m => echo || m.Peer != s.Peer).Select(TextOf), s.Received));
        Assert.All(speakers, s => Assert.Equal(
            Enumerable.Range(0, PerSpeaker).Select(i => $"lobby {s.Peer.Id} {i}"),
            messages.Where(m => m.Peer == s.Peer).Select(TextOf)));
        Assert.All(guests, g => Assert.Equal(WitnessedBy(g.Peer, events, "lobby"), g.Received));
        Assert.Contains(guests, g => g.Received.Count > 0);
    }

    [Fact]
    public async Task Move_RacingWithSpeakersInBothRooms_MissesAndDoublesNothing()
    {
        var hub = new Hub();
        var red = await ComeAsync(hub, 2, "red");
        var blue = await ComeAsync(hub, 2, "blue");
        var movers = await ComeAsync(hub, 6, "red");
        using var watcher = hub.Watch(All);

        Race.Run(
        [
            .. red.Select(s => (Action)(() => Speak(s, "red"))),
            .. blue.Select(s => (Action)(() => Speak(s, "blue"))),
            () => MoveAbout(hub, movers),
        ]);

        var events = await watcher.ReadToEndAsync();
        foreach (var mover in movers)
        {
            foreach (var room in new[] { "red", "blue" })
            {
                var witnessed = WitnessedBy(mover.Peer, events, room, wasIn: room == "red");
                Assert.Equal(witnessed, mover.Received.Where(text => text.StartsWith(room, StringComparison.Ordinal)));
            }
        }
    }

    [Fact]
    public async Task Remove_RacingWithJoinsAndMoves_LeavesThePeerInNoRoom()
    {
        var hub = new Hub();
        for (var round = 0; round < 300; round++)
        {
            var guest = await hub.ComeAsync("red");
            var red = guest.Room;
            Race.Run(
                () => hub.Join(guest.Peer, "blue"),
                () => hub.Move(guest.Peer, red, "green"),
                () => guest.Go());

            Assert.Empty(guest.Peer.Rooms);
            Assert.Empty(hub.Rooms);
            Assert.Equal(JoinResult.Gone, hub.Join(guest.Peer, "red"));
        }
    }

    [Fact]
    public async Task Join_RacingWithTheLastLeave_EndsInALivingRoom()
    {
        var hub = new Hub(new HubOptions { Log = { KeepEmpty = TimeSpan.Zero } });
        for (var round = 0; round < 500; round++)
        {
            var leaver = await hub.ComeAsync();
            var joiner = await hub.ComeAsync(room: null);
            Race.Run(() => leaver.Go(), () => Assert.Equal(JoinResult.Joined, hub.Join(joiner.Peer, "lobby")));

            Assert.Same(hub.FindRoom("lobby"), joiner.Room);
            Assert.Equal(1, joiner.Room.Send("hello").Receivers);
            joiner.Go();
            Assert.Empty(hub.Rooms);
        }
    }

    private static async Task<List<TestPeer>> ComeAsync(Hub hub, int count, string? room = "lobby")
    {
        var peers = new List<TestPeer>();
        for (var i = 0; i < count; i++) peers.Add(await hub.ComeAsync(room));
        return peers;
    }

    private static void Speak(TestPeer speaker, string room)
    {
        var batch = FlushBatch.Rent();
        for (var i = 0; i < PerSpeaker; i++)
        {
            var published = speaker.Peer.Hub.PublishAsync(
                speaker.Peer, speaker.Room, $"{room} {speaker.Peer.Id} {i}", Message.DefaultEvent, batch);
            Assert.True(published.IsCompletedSuccessfully);
            if (i % 7 == 0) batch.Flush();
        }
        batch.Dispose();
    }

    private static void ComeAndGo(Hub hub, TestPeer[] guests)
    {
        foreach (var guest in guests)
        {
            for (var i = 0; i < 5; i++)
            {
                hub.Join(guest.Peer, "lobby");
                Thread.Yield();
                Hub.Leave(guest.Peer, hub.FindRoom("lobby")!);
            }
            hub.Join(guest.Peer, "lobby");
            Thread.Yield();
            // Disconnected by the hub, it still gets what was waiting; a connection that broke would not.
            if (guest.Peer.Id[0] < 'a') guest.Peer.Disconnect();
        }
    }

    private static void MoveAbout(Hub hub, List<TestPeer> movers)
    {
        for (var i = 0; i < 100; i++)
        {
            foreach (var mover in movers)
                Assert.Equal(JoinResult.Joined, hub.Move(mover.Peer, mover.Room, mover.Room.Name == "red" ? "blue" : "red"));
        }
    }

    private static string TextOf(HubEvent happened) => happened.Message.Payload.ToString();

    private static List<string> WitnessedBy(Peer peer, List<HubEvent> events, string room, bool wasIn = false)
    {
        var texts = new List<string>();
        foreach (var happened in events.Where(e => e.Room!.Name == room))
        {
            if (happened.Kind != HubEventKind.Message) wasIn = happened.Peer == peer ? happened.Kind == HubEventKind.Join : wasIn;
            else if (wasIn) texts.Add(TextOf(happened));
        }
        return texts;
    }
}
