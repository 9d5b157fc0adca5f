using System.Globalization;
using Kodama.Server;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Kodama.Testing;

/// <summary>What every door keeps: a door's tests inherit it, and say how a client of theirs connects, speaks and hears.</summary>
public abstract class DoorContract
{
    private const string Room = "tea";

    /// <summary>What the door can do beyond what all can.</summary>
    private protected virtual DoorCapabilities Can => DoorCapabilities.Speak | DoorCapabilities.Kinds | DoorCapabilities.Leave;

    /// <summary>Under which name its peers are listed.</summary>
    private protected abstract string Door { get; }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task RacingSenders_AreHeardInOneOrderByAll(bool echoes)
    {
        const int Each = 100;
        await using var hub = await StartAsync(options => KeepAll(options).Echo = echoes);
        // What is said by a door whose connections only listen has no sender among them, to whom it would not come back.
        Task<DoorClient> SpeakerAsync() => Can.HasFlag(DoorCapabilities.Speak) ? ConnectAsync(hub, Room) : RawAsync(hub);
        DoorClient[] clients = [await SpeakerAsync(), await SpeakerAsync(), await RawAsync(hub)];
        await using var listener = await ConnectAsync(hub, Room);

        var sending = Task.WhenAll(clients.Select((client, sender) => Task.Run(async () =>
        {
            for (var i = 0; i < Each; i++) await client.SayAsync($"{sender}:{i}");
        })));
        var whole = await HearAsync(listener, clients.Length * Each);
        var heard = await Task.WhenAll(clients.Select(client => HearAsync(client, (echoes ? clients.Length : clients.Length - 1) * Each)));
        await sending.Within();

        for (var sender = 0; sender < clients.Length; sender++)
        {
            bool IsOwn(string text) => text.StartsWith($"{sender}:", StringComparison.Ordinal);
            Assert.Equal(Enumerable.Range(0, Each).Select(i => $"{sender}:{i}"), whole.Where(IsOwn));
            Assert.Equal(whole.Where(text => echoes || !IsOwn(text)), heard[sender]);
        }
        foreach (var client in clients) await client.DisposeAsync();
    }

    [Fact]
    public async Task JoinAndLeave_WhileTheRoomIsSpokenIn_HearARunOfItOnce()
    {
        await using var hub = await StartAsync(options => KeepAll(options));
        await using var witness = await ConnectAsync(hub, Room);
        var room = hub.Hub.FindRoom(Room)!;
        using var end = new CancellationTokenSource();
        var speaking = Task.Run(async () =>
        {
            for (var i = 0; !end.IsCancellationRequested; i++)
            {
                room.Send(i.ToString(CultureInfo.InvariantCulture));
                await Task.Yield();
                // What is on its way stays within the outboxes.
                if (i % 32 == 31) Assert.Equal($"{i}", (await HearAsync(witness, 32))[^1]);
            }
        });

        for (var round = 0; round < 5; round++)
        {
            var guests = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => ConnectAsync(hub, Room)));
            foreach (var guest in guests)
            {
                var run = Numbers(await HearAsync(guest, 20));
                Assert.Equal(Enumerable.Range(run[0], 20), run);
            }
            foreach (var guest in guests) await guest.DisposeAsync();
        }
        await end.CancelAsync();
        await speaking.Within();
        await Deadline.UntilAsync(() => room.PeerCount == 1);
    }

    [Fact]
    public async Task SlowPeer_WithoutPositions_LosesItsConnection_AndNobodyWaitsForIt()
    {
        Assert.SkipWhen(Can.HasFlag(DoorCapabilities.Resume), "Whoever has a position goes on from the log.");
        const int Each = 8;
        await using var hub = await StartAsync(options => options.Outbox.MaxBytes = 1024 * 1024);
        await using var quick = await ConnectAsync(hub, Room);
        await using var slow = await ConnectAsync(hub, Room);
        var room = hub.Hub.FindRoom(Room)!;
        var large = new string('x', 32 * 1024);

        // As much as the system's own buffers take, and the outbox; bounded by what it could be at most.
        for (var said = 0; room.PeerCount == 2 && said < 4096; said += Each)
        {
            for (var i = 0; i < Each; i++) room.Send(large);
            Assert.All(await HearAsync(quick, Each), text => Assert.Equal(large.Length, text.Length));
        }

        Assert.Equal(1, room.PeerCount);
        room.Send("still here");
        Assert.Equal(["still here"], await HearAsync(quick, 1));
    }

    [Fact]
    public async Task SlowPeer_WithPositions_GoesOnFromTheLog_AndIsToldWhatIsGone()
    {
        Assert.SkipUnless(Can.HasFlag(DoorCapabilities.Resume), "This door has no positions.");
        // Far more than the system's own buffers and the log hold.
        const int Count = 1024;
        const int Each = 8;
        const int Size = 32 * 1024;
        await using var hub = await StartAsync(options => options.Outbox.MaxBytes = 1024 * 1024);
        await using var quick = await ConnectAsync(hub, Room);
        await using var slow = await ConnectAsync(hub, Room);
        var room = hub.Hub.FindRoom(Room)!;
        static int Number(string text) =>
            int.Parse(text.AsSpan(0, text.IndexOf(' ', StringComparison.Ordinal)), CultureInfo.InvariantCulture);

        for (var said = 0; said < Count; said += Each)
        {
            for (var i = said; i < said + Each; i++) room.Send($"{i} {new string('x', Size)}");
            Assert.Equal(Enumerable.Range(said, Each), (await HearAsync(quick, Each)).ConvertAll(Number));
        }

        Assert.Equal(2, room.PeerCount);
        var (last, isGap, gaps) = (-1, false, 0);
        while (last < Count - 1)
        {
            var heard = (await HearAsync(slow, 1))[0];
            if (heard == "gap")
            {
                isGap = true;
                gaps++;
                continue;
            }
            var number = Number(heard);
            Assert.True(isGap ? number > last : number == last + 1, $"{number} came behind {last}; a gap was told: {isGap}.");
            (last, isGap) = (number, false);
        }
        Assert.NotEqual(0, gaps);
    }

    [Fact]
    public async Task TwoDoorsInOneRoom_HearEachOther_InEveryKindOfMessage()
    {
        await using var hub = await StartAsync();
        await using var client = await ConnectAsync(hub, Room);
        await using var raw = await RawAsync(hub);

        await raw.SayAsync("hello 木霊");
        Assert.Equal(["hello 木霊"], await HearAsync(client, 1));
        await client.SayAsync("hello back");
        // By a door whose connections only listen it is nobody's in the room.
        if (!Can.HasFlag(DoorCapabilities.Speak)) Assert.Equal(["hello back"], await HearAsync(client, 1));
        Assert.Equal(["hello back"], await HearAsync(raw, 1));
    }

    [Fact]
    public async Task BytesAndEvents_PassBetweenDoors_AsWhatTheyAre()
    {
        Assert.SkipUnless(Can.HasFlag(DoorCapabilities.Kinds), "This door has texts only.");
        await using var hub = await StartAsync();
        await using var client = await ConnectAsync(hub, Room);
        await using var raw = await RawAsync(hub);
        var room = hub.Hub.FindRoom(Room)!;

        room.Send(Payload.Of(new byte[] { 1, 2, 3 }));
        room.Send("move", Payload.Arguments("[1,\"two\"]"u8.ToArray()));
        Assert.Equal(["binary:AQID", "move:[1,\"two\"]"], await HearAsync(client, 2));
        Assert.Equal(["binary:AQID", "move:[1,\"two\"]"], await HearAsync(raw, 2));

        await raw.SayAsync([7]);
        Assert.Equal(["binary:Bw=="], await HearAsync(client, 1));
        await client.SayAsync([4, 5, 6]);
        Assert.Equal(["binary:BAUG"], await HearAsync(raw, 1));
    }

    [Fact]
    public async Task Peer_IsListedWithItsRoomAndDoor_UntilItLeaves()
    {
        await using var hub = await StartAsync();
        using var http = new HttpClient { BaseAddress = Address(hub) };
        var client = await ConnectAsync(hub, Room);

        var listed = await http.GetStringAsync(new Uri($"api/peers?room={Room}", UriKind.Relative)).Within();
        await client.DisposeAsync();
        await Deadline.UntilAsync(() => hub.Hub.PeerCount == 0);

        Assert.Contains($"\"door\":\"{Door}\"", listed, StringComparison.Ordinal);
        Assert.Equal("""{"peers":[]}""", await http.GetStringAsync(new Uri("api/peers", UriKind.Relative)).Within());
    }

    [Fact]
    public async Task Stop_SendsWhatWaits_AndEndsTheConnection()
    {
        await using var hub = await StartAsync();
        await using var client = await ConnectAsync(hub, Room);

        for (var i = 0; i < 20; i++) hub.Hub.FindRoom(Room)!.Send($"{i}");
        var stopping = hub.StopAsync();

        Assert.Equal(Enumerable.Range(0, 20).Select(i => $"{i}"), await HearAsync(client, 20));
        Assert.Null(await client.ReadAsync());
        await client.DisposeAsync();
        await stopping.Within();
        Assert.Equal(0, hub.Hub.PeerCount);
    }

    [Fact]
    public async Task Rules_ThatDoNotGrantPublishing_SilenceAndDoNotDeafen()
    {
        Assert.SkipUnless(Can.HasFlag(DoorCapabilities.Speak), "Connections of this door only listen.");
        RoomRights Grant(Peer peer) => peer.Door == Door ? RoomRights.Read : RoomRights.All;
        await using var hub = await StartAsync(options => options.Rules.Room(Room, Grant));
        var client = await ConnectAsync(hub, Room);
        var room = hub.Hub.FindRoom(Room)!;

        await client.SayAsync("unheard");
        room.Send("heard");
        Assert.Equal(["heard"], await HearAsync(client, 1));
        await client.DisposeAsync();

        // Its end comes behind all that it has said.
        await Deadline.UntilAsync(() => hub.Hub.PeerCount == 0);
        Assert.Equal(1, room.Offset);
    }

    [Fact]
    public async Task Review_ThatTakesRead_TakesThePeerOutOfTheRoom_AndTellsIt()
    {
        var isOpen = true;
        RoomRights Grant(Peer peer, string room) => isOpen || room != Room ? RoomRights.All : RoomRights.None;
        await using var hub = await StartAsync(options => options.Rules.Grant(Grant));
        await using var client = await ConnectAsync(hub, Room);

        isOpen = false;
        await hub.Hub.ReviewAsync(Room).Within();

        Assert.Equal(0, hub.Hub.FindRoom(Room)?.PeerCount ?? 0);
        if (Can.HasFlag(DoorCapabilities.Leave)) Assert.Contains(await client.ReadAsync(), (string?[])[null, "left"]);
    }

    [Fact]
    public async Task Rewind_BringsTheLastMessages_AndThenWhatFollows()
    {
        Assert.SkipUnless(Can.HasFlag(DoorCapabilities.Rewind), "This door brings nothing of before.");
        await using var hub = await StartAsync();
        await using var first = await ConnectAsync(hub, Room);
        var room = hub.Hub.FindRoom(Room)!;
        for (var i = 0; i < 10; i++) room.Send($"{i}");

        await using var client = await RewindAsync(Address(hub), Room, 3);
        for (var i = 10; i < 20; i++) room.Send($"{i}");

        Assert.Equal(Enumerable.Range(7, 13).Select(i => $"{i}"), await HearAsync(client, 13));
    }

    [Fact]
    public async Task CatchUp_WhileOthersPublish_MissesAndDoublesNothing()
    {
        const int Before = 100;
        Assert.SkipUnless(Can.HasFlag(DoorCapabilities.Rewind), "This door brings nothing of before.");
        await using var hub = await StartAsync(options => KeepAll(options));
        await using var witness = await ConnectAsync(hub, Room);
        var room = hub.Hub.FindRoom(Room)!;
        using var end = new CancellationTokenSource();
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var speaking = Task.Run(async () =>
        {
            for (var i = 1; !end.IsCancellationRequested; i++)
            {
                room.Send(i.ToString(CultureInfo.InvariantCulture));
                // What is on its way stays within the outboxes.
                if (i % 32 == 0) Assert.Equal($"{i}", (await HearAsync(witness, 32))[^1]);
                if (i == 2 * Before) begun.SetResult();
            }
        });
        await begun.Task.Within();

        for (var round = 0; round < 5; round++)
        {
            var known = room.Offset;
            await using var rewound = await RewindAsync(Address(hub), Room, Before);
            var run = Numbers(await HearAsync(rewound, 2 * Before));
            Assert.Equal(Enumerable.Range(run[0], run.Count), run);
            Assert.InRange(run[0], known - Before + 1, int.MaxValue);
            if (!Can.HasFlag(DoorCapabilities.Resume)) continue;
            await using var resumed = await ResumeAsync(Address(hub), Room, new Position(room.Epoch, known));
            Assert.Equal(Enumerable.Range((int)known + 1, 2 * Before), Numbers(await HearAsync(resumed, 2 * Before)));
        }
        await end.CancelAsync();
        await speaking.Within();
    }

    [Fact]
    public async Task Resume_AfterAPosition_BringsWhatCameSince_OrAGap()
    {
        Assert.SkipUnless(Can.HasFlag(DoorCapabilities.Resume), "This door has no positions.");
        await using var hub = await StartAsync();
        await using var first = await ConnectAsync(hub, Room);
        var room = hub.Hub.FindRoom(Room)!;
        for (var i = 1; i <= 5; i++) room.Send($"{i}");

        await using var since = await ResumeAsync(Address(hub), Room, new Position(room.Epoch, 2));
        await using var lost = await ResumeAsync(Address(hub), Room, new Position("AAAAAAAAAAAA", 2));

        Assert.Equal(["3", "4", "5"], await HearAsync(since, 3));
        Assert.Equal("gap", await lost.ReadAsync());
    }

    [Fact]
    public async Task Presence_LastsUntilThePeerLeaves()
    {
        Assert.SkipUnless(Can.HasFlag(DoorCapabilities.Presence), "Nobody is present by this door.");
        await using var hub = await StartAsync();
        await using var other = await ConnectAsync(hub, Room);
        var client = await ConnectAsync(hub, Room);
        var members = hub.Hub.FindRoom(Room)!.Members;

        await client.EnterAsync("""{"mood":"calm"}""");
        await Deadline.UntilAsync(() => members.Count == 1);
        Assert.Equal("""{"mood":"calm"}""", Assert.Single(members.List().Members).Data.ToString());
        await client.DisposeAsync();

        await Deadline.UntilAsync(() => members.Count == 0);
    }

    [Fact]
    public async Task State_OutlivesItsWriter()
    {
        Assert.SkipUnless(Can.HasFlag(DoorCapabilities.State), "This door sets no state.");
        await using var hub = await StartAsync();
        await using var other = await ConnectAsync(hub, Room);
        var client = await ConnectAsync(hub, Room);
        var room = hub.Hub.FindRoom(Room)!;

        await client.SetAsync("topic", "tea");
        await Deadline.UntilAsync(() => room.State.Find("topic") is not null);
        await client.DisposeAsync();
        await Deadline.UntilAsync(() => room.PeerCount == 1);

        Assert.Equal("tea", room.State.Find("topic")!.Payload.ToString());
    }

    /// <summary>A client of the door in a room, which hears what is said there from now on.</summary>
    private protected abstract Task<DoorClient> ConnectAsync(Uri hub, string room);

    /// <summary>The same, with the last so many messages first.</summary>
    private protected virtual Task<DoorClient> RewindAsync(Uri hub, string room, int messages) => throw new NotSupportedException();

    /// <summary>The same, with what came after a position first.</summary>
    private protected virtual Task<DoorClient> ResumeAsync(Uri hub, string room, Position after) => throw new NotSupportedException();

    /// <summary>Adds the door to the hub, where the hub has not got it by itself: as a service,</summary>
    private protected virtual void Add(IServiceCollection services)
    {
    }

    /// <summary>or to what has been made of them, before it starts.</summary>
    private protected virtual void Add(KodamaServer server)
    {
    }

    private static async Task<List<string>> HearAsync(DoorClient client, int count)
    {
        var heard = new List<string>(count);
        while (heard.Count < count)
        {
            heard.Add(await client.ReadAsync() ?? throw new InvalidOperationException($"Ended after {heard.Count} of {count}."));
        }
        return heard;
    }

    // Nothing goes from the log while a scenario lasts, so that there is no gap to tell; and nobody falls back to the log for a burst,
    // where what it has said itself would come to it too.
    private static KodamaOptions KeepAll(KodamaOptions options)
    {
        (options.Log.Messages, options.Log.Bytes) = (1_000_000, 64 * 1024 * 1024);
        return options;
    }

    private static List<int> Numbers(List<string> heard) => heard.ConvertAll(text => int.Parse(text, CultureInfo.InvariantCulture));

    private static Task<DoorClient> RawAsync(KodamaServer hub) => RawDoorClient.ConnectAsync(Address(hub), Room);

    private static Uri Address(KodamaServer hub) => new(hub.Addresses[0]);

    private Task<DoorClient> ConnectAsync(KodamaServer hub, string room) => ConnectAsync(Address(hub), room);

    private async Task<KodamaServer> StartAsync(Action<KodamaOptions>? configure = null)
    {
        var options = new KodamaOptions();
        configure?.Invoke(options);
        var server = new KodamaServer(options, builder =>
        {
            builder.Logging.ClearProviders();
            Add(builder.Services);
        });
        Add(server);
        await server.StartAsync("127.0.0.1", 0).Within();
        return server;
    }
}
