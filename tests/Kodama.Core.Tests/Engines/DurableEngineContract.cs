using Kodama.Testing;

namespace Kodama.Core.Tests;

/// <summary>What holds beside of engines that keep rooms over the end of their hub.</summary>
public abstract class DurableEngineContract : EngineContract
{
    /// <summary>Stops the hub and its engine; the next one goes on.</summary>
    /// <param name="isCrash">Whether the hub gets no time to say goodbye.</param>
    internal abstract ValueTask StopAsync(bool isCrash = false);

    [Fact]
    public async Task Restart_Room_GoesOnWhereItEnded()
    {
        var yui = await Start().ComeAsync(details: [("name", "Yui")]);
        var epoch = yui.Room.Epoch;
        for (var i = 1; i <= 3; i++) await yui.SayAsync($"m{i}", "said").SettledAsync();
        await yui.Room.State.Set("light", "on", yui.Peer).SettledAsync();
        await yui.Room.State.Set("door", "open").SettledAsync();
        await yui.Room.State.Remove("door").SettledAsync();
        await StopAsync();

        var ren = await Start().ComeAsync();

        Assert.Equal((epoch, 6), (ren.Room.Epoch, ren.Room.Offset));
        var page = await ren.Room.ReadAsync(0);
        Assert.False(page.IsGap);
        Assert.Equal(["m1", "m2", "m3"], Texts(page));
        var first = page.Entries[0];
        Assert.Equal(("said", "Yui", yui.Peer.Author.Id), (first.Event, first.Author!.Details["name"], first.Author.Id));
        Assert.Equal(
            [("light", "on", EntryAction.Update), ("door", "", EntryAction.Remove)],
            page.Entries.Skip(3).Select(entry => (entry.Key!, entry.Payload.ToString(), entry.Action)));
        Assert.Equal("on", ren.Room.State.Find("light")!.Payload.ToString());
        Assert.Null(ren.Room.State.Find("door"));
        Assert.Equal(7, (await ren.SayAsync("m7").SettledAsync()).Offset);
    }

    [Fact]
    public async Task Restart_EmptyRoom_HasItsEpochStill()
    {
        var epoch = (await Start().ComeAsync()).Room.Epoch;
        await StopAsync();

        Assert.Equal(epoch, (await Start().ComeAsync()).Room.Epoch);
    }

    [Fact]
    public async Task Restart_Payloads_AreAsTheyWere()
    {
        var room = (await Start().ComeAsync()).Room;
        var rest = new byte[] { 1, 2 };
        await room.Send("").SettledAsync();
        await room.Send(Payload.Of(new byte[] { 0, 255 })).SettledAsync();
        await room.Send("move", Payload.Arguments("[1]"u8.ToArray(), [rest, Array.Empty<byte>()])).SettledAsync();
        await StopAsync();

        var entries = (await (await Start().ComeAsync()).Room.ReadAsync(0)).Entries;

        Assert.Equal([PayloadKind.Text, PayloadKind.Binary, PayloadKind.Arguments], entries.Select(entry => entry.Payload.Kind));
        Assert.Equal(["", "00FF", "5B315D"], entries.Select(entry => Convert.ToHexString(entry.Payload.Bytes.Span)));
        Assert.Equal([rest, []], entries[2].Payload.Attachments.Select(attachment => attachment.ToArray()));
    }

    [Fact]
    public async Task Restart_Audience_IsKept()
    {
        var yui = await Start().ComeAsync();
        await yui.Room.Send("not for Yui", except: [yui.Peer]).SettledAsync();
        await StopAsync();

        Assert.Empty((await (await Start().ComeAsync()).Room.ReadAsync(0)).Entries);
    }

    [Fact]
    public async Task Restart_Ids_AreKnown()
    {
        var session = new PeerDescription { Door = "test", Encoder = LengthPrefixed.Plain, Session = "yui" };
        var yui = await ComeAsync(Start(), session);
        var before = new Position(yui.Room.Epoch, 0);
        await PublishAsync(yui, "hello", "a");
        await yui.Room.State.Set("light", "on", yui.Peer, id: new PublishId("b")).SettledAsync();
        await yui.Room.State.Set("door", "open", id: new PublishId("c", Scope: "program")).SettledAsync();
        await StopAsync();

        yui = await ComeAsync(Start(), session);

        Assert.Equal(1, (await PublishAsync(yui, "hello", "a", before)).Offset);
        Assert.Equal(RefusalCode.IdReused, (await PublishAsync(yui, "other", "a", before)).Code);
        Assert.Equal(2, (await yui.Room.State.Set("light", "on", yui.Peer, id: new PublishId("b", before)).SettledAsync()).Offset);
        Assert.Equal(3, (await yui.Room.State.Set("door", "open", id: new PublishId("c", before, "program")).SettledAsync()).Offset);
        Assert.Equal(4, (await PublishAsync(yui, "new", "d", before)).Offset);
    }

    [Fact]
    public async Task Restart_MembersAndBoundKeys_AreTakenOut()
    {
        var hub = Start();
        var yui = await hub.ComeAsync();
        var epoch = yui.Room.Epoch;
        await yui.Room.Members.Enter(yui.Peer, "1").SettledAsync();
        await yui.Room.State.Set("cursor", "1,1", yui.Peer, isBound: true).SettledAsync();
        await yui.Room.State.Set("light", "on", yui.Peer).SettledAsync();
        await StopAsync(isCrash: true);

        var ren = await JoinAsync(Start(), Kodama.Start.After(new Position(epoch, 3)), presence: true, state: true);
        await Settling.UntilAsync(() => ren.Joined.Room!.Offset == 5);
        await ren.LiveAsync();

        Assert.Equal(0, ren.Joined.Room!.Members.Count);
        Assert.Equal("light", Assert.Single(ren.Joined.Room.State.List().Keys).Key);
        Assert.Equal(2, ren.Link.Received.Count(text => text.Contains("Remove", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Restart_Retention_KeepsWhereItsGapIs()
    {
        var options = new HubOptions { Log = { Messages = 3 } };
        var room = (await Start(options).ComeAsync()).Room;
        for (var i = 1; i <= 5; i++) await room.Send($"m{i}").SettledAsync();
        await StopAsync();

        room = (await Start(options).ComeAsync()).Room;

        Assert.Equal((true, 5), ((await room.ReadAsync(1)).IsGap, room.Offset));
        var page = await room.ReadAsync(2);
        Assert.Equal((false, "m3 m4 m5"), (page.IsGap, string.Join(' ', Texts(page))));
    }

    [Fact]
    public async Task Restart_MessageLargerThanTheBound_IsKeptUntilTheNext()
    {
        var options = new HubOptions { Log = { Bytes = 100 } };
        var (first, large) = ((await Start(options).ComeAsync()).Room, new string('x', 1000));
        await first.Send("small").SettledAsync();
        await first.Send(large).SettledAsync();
        await StopAsync();

        var room = (await Start(options).ComeAsync()).Room;
        Assert.True((await room.ReadAsync(0)).IsGap);
        Assert.Equal(large, Assert.Single(Texts(await room.ReadAsync(1))));
        await room.Send("next").SettledAsync();
        await StopAsync();

        var page = await (await Start(options).ComeAsync()).Room.ReadAsync(2);
        Assert.Equal((false, "next"), (page.IsGap, Assert.Single(Texts(page))));
    }

    [Fact]
    public async Task Restart_SessionKey_IsTheSame()
    {
        var (id, secret) = Start().Sessions.New("principal");
        await StopAsync();

        Assert.True(Start().Sessions.IsSecretOf(id, secret, "principal"));
    }

    [Fact]
    public async Task Reader_OfWhatMemoryHasLetGo_GetsAllOfIt()
    {
        var hub = Start(new HubOptions { Log = { Messages = 10_000, Bytes = 100_000_000 } });
        var yui = await hub.ComeAsync();
        for (var i = 0; i < 1000; i++) await yui.SayAsync(new string('x', 100));
        await yui.SayAsync("last").SettledAsync();
        for (var i = 0; i < 9; i++) yui.Room.Halve();
        Assert.True(yui.Room.Log.MessageCount < 10);

        var ren = await JoinAsync(hub, Kodama.Start.After(new Position(yui.Room.Epoch, 0)));
        await ren.LiveAsync();

        Assert.False(ren.Joined.IsGap);
        Assert.Equal(Enumerable.Range(1, 1001).Append(1001), Offsets(ren));
        Assert.Equal(Enumerable.Range(1, 1000).Select(i => (long)i), (await yui.Room.ReadAsync(0, 1000)).Entries
            .Select(entry => entry.Offset));
        Assert.Equal(Enumerable.Range(502, 500).Select(i => (long)i), (await yui.Room.ReadBeforeAsync(most: 500)).Entries
            .Select(entry => entry.Offset));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(60)]
    [InlineData(100)]
    [InlineData(int.MaxValue)]
    public async Task Start_WithTheLastMessages_ReachesWhatMemoryHasLetGo(int last)
    {
        var room = await LargelyOnTheDiskAsync(new FakeClock());

        var ren = await JoinAsync(room.Hub, Kodama.Start.Last(last));
        await ren.LiveAsync();

        // A key was set between.
        var expected = Enumerable.Range(1, 101).Where(i => i != 51).TakeLast(last).ToList();
        Assert.Equal((false, expected[0] - 1), (ren.Joined.IsGap, (int)ren.Joined.Position.Offset));
        Assert.Equal([.. expected, 101], Offsets(ren));
        await using var pages = room.ListenAsync(Kodama.Start.Last(last)).GetAsyncEnumerator();
        Assert.True(await pages.MoveNextAsync().AsTask().WithDeadline());
        Assert.Equal(expected[0], pages.Current.Entries[0].Offset);
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(30, 31)]
    [InlineData(99, 101)]
    public async Task Start_SinceATime_ReachesWhatMemoryHasLetGo(int seconds, int first)
    {
        var time = new FakeClock();
        var then = time.GetUtcNow() + TimeSpan.FromSeconds(seconds);
        var room = await LargelyOnTheDiskAsync(time);

        var ren = await JoinAsync(room.Hub, Kodama.Start.Since(then));
        await ren.LiveAsync();

        Assert.Equal([.. Enumerable.Range(first, 101 - first + 1).Where(i => i != 51), 101], Offsets(ren));
    }

    [Fact]
    public async Task Readers_OfWhatMemoryLetsGoWhileOthersPublish_GetEveryEntryOnceInOrder()
    {
        var hub = Start(new HubOptions { Log = { Messages = 10_000 } });
        var yui = await hub.ComeAsync();
        var publishing = Task.Run(async () =>
        {
            for (var i = 0; i < 2000; i++)
            {
                await yui.SayAsync("x");
                if (i % 50 == 0) yui.Room.Halve();
            }
            await yui.SayAsync("last").SettledAsync();
        });

        var readers = new List<TestReader>();
        for (var i = 0; i < 10; i++) readers.Add(await JoinAsync(hub, Kodama.Start.After(new Position(yui.Room.Epoch, 0))));
        await publishing.WithDeadline();

        foreach (var reader in readers)
        {
            await Settling.UntilAsync(() => reader.Link.Received.Any(text => text.EndsWith("last", StringComparison.Ordinal)));
            Assert.Equal(Enumerable.Range(1, 2001), reader.Link.Received.Where(text => !text.EndsWith("live", StringComparison.Ordinal))
                .Select(text => int.Parse(text[..8])));
        }
    }

    [Fact]
    public async Task Rooms_ThatEndAndComeAgainWhileOthersPublish_LoseNothing()
    {
        var hub = Start(new HubOptions { Log = { KeepEmpty = TimeSpan.Zero, Messages = 100_000 } });
        var publisher = new PeerDescription { Door = "http", Encoder = LengthPrefixed.Plain };
        var offsets = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
        {
            var mine = new List<long>();
            for (var i = 0; i < 100; i++)
            {
                mine.Add((await hub.PublishAsync(publisher, "lobby", "x", Message.DefaultEvent).AsTask().SettledAsync()).Offset);
                hub.FindRoom("lobby")?.Life.Sweep(hub.Time.GetTimestamp());
            }
            return mine;
        })));

        Assert.Equal(Enumerable.Range(1, 400).Select(i => (long)i), offsets.SelectMany(mine => mine).Order());
    }

    /// <summary>Of a hundred messages, one a second, memory has the last few.</summary>
    private async Task<Room> LargelyOnTheDiskAsync(FakeClock time)
    {
        var room = (await Start(time: time).ComeAsync()).Room;
        for (var i = 0; i < 100; i++)
        {
            if (i == 50) await room.State.Set("key", "v").SettledAsync();
            await room.Send($"m{i}").SettledAsync();
            time.Advance(TimeSpan.FromSeconds(1));
        }
        for (var i = 0; i < 4; i++) room.Halve();
        Assert.InRange(room.Log.MessageCount, 1, 10);
        return room;
    }

    private static async Task<TestPeer> ComeAsync(Hub hub, PeerDescription description)
    {
        var link = new TestLink();
        var admission = await hub.AdmitAsync(description, link);
        link.Attach(admission.Peer!);
        hub.Join(admission.Peer!, "lobby");
        return new TestPeer(admission.Peer!, link);
    }
}
