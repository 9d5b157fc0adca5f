namespace Kodama.Core.Tests;

public class HubWatcherTests
{
    [Fact]
    public async Task Watch_JoinsLeavesAndMessages_AreToldInOrder()
    {
        var hub = new Hub();
        var first = await hub.ComeAsync();
        using var watcher = hub.Watch();
        var second = await hub.ComeAsync();
        await first.SayAsync("hello", "greet");
        second.Go(CloseReason.Lost);
        hub.Send("to all");

        var events = await watcher.ReadToEndAsync();

        Assert.Equal([HubEventKind.Join, HubEventKind.Message, HubEventKind.Leave, HubEventKind.Message], events.Select(e => e.Kind));
        Assert.Equal([2, 3, 4, 0], events.Select(e => e.Number));
        Assert.Equal(
            ("greet", "hello", 1L, first.Peer),
            (events[1].Message.Event, events[1].Message.Payload.ToString(), events[1].Message.Offset, events[1].Peer));
        Assert.Equal((second.Peer, CloseReason.Lost), (events[2].Peer, events[2].Reason));
        Assert.Null(events[3].Room);
        var snapshot = Assert.Single(watcher.Rooms);
        Assert.Equal((first.Room, 0L, 1L), (snapshot.Room, snapshot.Offset, snapshot.EventNumber));
        Assert.Equal([first.Peer], snapshot.Peers);
    }

    [Fact]
    public async Task Watchers_OfOneBudget_LoseTheirOldestBeyondTheirShare()
    {
        var hub = new Hub();
        var budget = new WatchBudget(200_000);
        var (first, second) = ((await hub.ComeAsync("first")).Room, (await hub.ComeAsync("second")).Room);
        using var unbounded = hub.Watch();
        using var one = hub.Watch(new() { Room = "first", Budget = budget });
        for (var i = 0; i < 100; i++) first.Send(new string('x', 10_000));
        using var other = hub.Watch(new() { Room = "second", Budget = budget });
        for (var i = 0; i < 100; i++) second.Send(new string('x', 10_000));

        // Another watcher halves the share of the first, which hears nothing any more.
        var left = await one.ReadToEndAsync();
        Assert.Equal(9, left.Count);
        Assert.Equal((91, 100), (one.Missed, left[^1].Message.Offset));
        Assert.Equal(9 + 91, (await other.ReadToEndAsync()).Count + other.Missed);
        Assert.Equal(200, (await unbounded.ReadToEndAsync()).Count);
    }

    [Fact]
    public async Task Watcher_ThatReads_LosesNothingToItsBudget()
    {
        var hub = new Hub();
        var room = (await hub.ComeAsync()).Room;
        using var watcher = hub.Watch(new() { Budget = new WatchBudget(50_000) });
        var events = watcher.GetAsyncEnumerator();
        for (var i = 1; i <= 100; i++)
        {
            room.Send(new string('x', 10_000));
            Assert.True(await events.MoveNextAsync());
            Assert.Equal(i, events.Current.Message.Offset);
        }

        Assert.Equal(0, watcher.Missed);
    }

    [Fact]
    public async Task Watch_PayloadThatTheDoorReuses_IsACopy()
    {
        var hub = new Hub();
        var speaker = await hub.ComeAsync();
        using var watcher = hub.Watch(new() { Kinds = HubEventKind.Message });
        var buffer = "hello"u8.ToArray();
        await speaker.SayAsync(Payload.OfText(buffer));
        buffer.AsSpan().Clear();

        Assert.Equal("hello", (await watcher.ReadToEndAsync()).Single().Message.Payload.ToString());
    }

    [Fact]
    public async Task Watch_MaxPayload_KeepsTheBeginningForWhoAskedAndAllForOthers()
    {
        var hub = new Hub();
        var speaker = await hub.ComeAsync();
        using var brief = hub.Watch(new() { Kinds = HubEventKind.Message, MaxPayload = 3 });
        using var whole = hub.Watch(new() { Kinds = HubEventKind.Message });
        await speaker.SayAsync("hello");
        await speaker.SayAsync("yes");
        hub.Send("to all");

        var briefly = await brief.ReadToEndAsync();
        var wholly = await whole.ReadToEndAsync();

        Assert.Equal([("hel", 5L, true), ("yes", 3L, false), ("to ", 6L, true)], briefly.Select(Told));
        Assert.Equal([("hello", 5L, false), ("yes", 3L, false), ("to all", 6L, false)], wholly.Select(Told));

        static (string, long, bool) Told(HubEvent happened) => (happened.Message.Payload.ToString(), happened.Length, happened.IsCut);
    }

    [Fact]
    public async Task Watch_MaxPayloadOfAll_BoundsWhatIsCopied()
    {
        const int Size = 1024 * 1024;
        var hub = new Hub();
        var speaker = await hub.ComeAsync();
        using var joins = hub.Watch(new() { Kinds = HubEventKind.Join });
        using var brief = hub.Watch(new() { MaxPayload = 16 });
        var large = Payload.Of(new byte[Size]);
        await speaker.SayAsync(large);

        var before = GC.GetAllocatedBytesForCurrentThread();
        await speaker.SayAsync(large);

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, Size / 2);
        Assert.All(
            (await brief.ReadToEndAsync()).Where(e => e.Kind == HubEventKind.Message),
            e => Assert.Equal(16, e.Message.Payload.Bytes.Length));
    }

    [Fact]
    public async Task Watch_MaxPayloadAndAttachments_CutsTheWholeMessage()
    {
        var hub = new Hub();
        var speaker = await hub.ComeAsync();
        using var watcher = hub.Watch(new() { Kinds = HubEventKind.Message, MaxPayload = 100 });
        var json = """[{"_placeholder":true,"num":0}]"""u8.ToArray();
        await speaker.SayAsync(Payload.Arguments(json, [new byte[60]]));
        await speaker.SayAsync(Payload.Arguments(json, [new byte[90]]));

        var events = await watcher.ReadToEndAsync();

        Assert.Equal((60, json.Length + 60L, false), (events[0].Message.Payload.Attachments[0].Length, events[0].Length, events[0].IsCut));
        Assert.Equal((0, json.Length + 90L, true), (events[1].Message.Payload.Attachments.Count, events[1].Length, events[1].IsCut));
    }

    [Fact]
    public void Options_OfAWatcherThatCannotBe_AreRefused()
    {
        Assert.Contains(
            "Capacity is 0",
            Assert.Throws<ArgumentOutOfRangeException>(() => new WatchOptions { Capacity = 0 }).Message,
            StringComparison.Ordinal);
        Assert.Contains(
            "MaxPayload is -1",
            Assert.Throws<ArgumentOutOfRangeException>(() => new WatchOptions { MaxPayload = -1 }).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Watch_OneRoomAndKind_TellsOfThatOnly()
    {
        var hub = new Hub();
        using var watcher = hub.Watch(new() { Room = "red", Kinds = HubEventKind.Message });
        var (red, blue) = (await hub.ComeAsync("red"), await hub.ComeAsync("blue"));
        red.Room.Send("1");
        blue.Room.Send("2");
        hub.Send("3");

        Assert.Equal("1", (await watcher.ReadToEndAsync()).Single().Message.Payload.ToString());
    }

    [Fact]
    public async Task Watch_MoreThanItsCapacity_KeepsTheNewestAndCounts()
    {
        var hub = new Hub();
        var room = (await hub.ComeAsync()).Room;
        using var watcher = hub.Watch(new() { Capacity = 3 });
        for (var i = 1; i <= 10; i++) room.Send($"{i}");

        Assert.Equal(["8", "9", "10"], (await watcher.ReadToEndAsync()).Select(e => e.Message.Payload.ToString()));
        Assert.Equal(7, watcher.Missed);
    }

    [Fact]
    public async Task WatchAsync_Cancelled_Ends()
    {
        var hub = new Hub();
        var room = (await hub.ComeAsync()).Room;
        using var stop = new CancellationTokenSource();
        await using var events = hub.WatchAsync(cancellationToken: stop.Token).GetAsyncEnumerator();
        var first = events.MoveNextAsync().AsTask();
        room.Send("1");
        Assert.True(await first.WithDeadline());

        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await events.MoveNextAsync().AsTask().WithDeadline());
        Assert.Equal(0, hub.Watchers.Count);
    }

    [Fact]
    public async Task Watch_RoomThatVanishesBeforeTheSnapshot_IsNotToldOf()
    {
        // What Hub.Watch does, with a room that ends between its two steps.
        var hub = new Hub(new HubOptions { Log = { KeepEmpty = TimeSpan.Zero } });
        var guest = await hub.ComeAsync("ends");
        using var watcher = hub.Watchers.Add(new WatchOptions());
        guest.Room.Send("before");
        guest.Go();
        watcher.Begin([], vanishedBefore: 1);
        await hub.ComeAsync("ends");

        var happened = Assert.Single(await watcher.ReadToEndAsync());
        Assert.Equal((HubEventKind.Join, 1L), (happened.Kind, happened.Number));
    }

    [Fact]
    public void Watch_BeginsAmidJoinsLeavesAndMessages_SnapshotAndEventsMakeTheWhole()
    {
        var hub = new Hub();
        var done = false;
        var live = () =>
        {
            var names = new[] { "red", "green", "blue" };
            for (var i = 0; !Volatile.Read(ref done); i++)
            {
                var guest = hub.ComeAsync(names[i % 3]).GetAwaiter().GetResult();
                guest.SayAsync("x").GetAwaiter().GetResult();
                if (i % 4 == 0) hub.Move(guest.Peer, guest.Room, names[(i + 1) % 3]);
                guest.Go();
            }
        };

        Race.Run(live, live, () =>
        {
            try
            {
                for (var i = 0; i < 300; i++)
                {
                    using var watcher = hub.Watch(new() { Capacity = 1_000_000 });
                    Thread.Yield();
                    Replay(watcher, watcher.ReadToEndAsync().GetAwaiter().GetResult());
                }
            }
            finally
            {
                Volatile.Write(ref done, true);
            }
        });
    }

    /// <summary>Applies the events to the snapshot: each must follow from what was known.</summary>
    private static void Replay(HubWatcher watcher, List<HubEvent> events)
    {
        var numbers = watcher.Rooms.ToDictionary(r => r.Room, r => r.EventNumber);
        var offsets = watcher.Rooms.ToDictionary(r => r.Room, r => r.Offset);
        var peers = watcher.Rooms.ToDictionary(r => r.Room, r => r.Peers.ToHashSet());
        foreach (var happened in events)
        {
            var room = happened.Room!;
            Assert.Equal(numbers.GetValueOrDefault(room) + 1, happened.Number);
            numbers[room] = happened.Number;
            if (!peers.TryGetValue(room, out var members)) peers[room] = members = [];
            switch (happened.Kind)
            {
                case HubEventKind.Join:
                    Assert.True(members.Add(happened.Peer!));
                    break;
                case HubEventKind.Leave:
                    Assert.True(members.Remove(happened.Peer!));
                    break;
                default:
                    Assert.Equal(offsets.GetValueOrDefault(room) + 1, happened.Message.Offset);
                    offsets[room] = happened.Message.Offset;
                    break;
            }
        }
    }
}
