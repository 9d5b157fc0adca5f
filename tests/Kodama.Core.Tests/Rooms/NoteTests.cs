namespace Kodama.Core.Tests;

/// <summary>docs/specs/log.md, Notes.</summary>
public class NoteTests
{
    private static readonly Note Aside = new("aside"u8.ToArray(), isAside: true);

    [Fact]
    public async Task Note_IsKeptWithItsMessage()
    {
        var hub = new Hub();
        var yui = await hub.ComeAsync();
        var note = new Note("for mine"u8.ToArray());

        await SayAsync(yui, "hello", new PublishOptions(Note: note));

        var kept = Assert.Single((await yui.Room.ReadMessagesAsync(0)).Entries);
        Assert.True(Note.AreSame(note, kept.Note));
        Assert.Equal("hello".Length + "message".Length + "for mine".Length + yui.Peer.Author.Id.Length, kept.Size);
    }

    [Fact]
    public async Task Aside_HasItsPlace_AndIsToldToFormatsThatReadNotesAlone()
    {
        var hub = new Hub();
        var yui = await hub.ComeAsync();
        var plain = await hub.ComeAsync();
        var reader = await hub.ComeAsync(encoder: new NoteReader());

        await SayAsync(yui, "heard", default);
        await SayAsync(yui, "aside", new PublishOptions(Note: Aside));

        Assert.Equal(["heard"], plain.Received);
        Assert.Equal(["heard", "aside"], reader.Received);
        Assert.Equal(2, yui.Room.Offset);
        Assert.Single((await yui.Room.ReadMessagesAsync(0)).Entries);
        Assert.Single((await yui.Room.ReadBeforeAsync()).Entries);
        Assert.Equal(2, (await yui.Room.ReadNotedAsync(0, 10, long.MaxValue)).Entries.Count);
        Assert.Equal(2, (await yui.Room.ReadNotedBeforeAsync(long.MaxValue, 10, long.MaxValue)).Entries.Count);
    }

    [Fact]
    public async Task Aside_IsNotReadByPlainFormatsLater_AndNotWatched()
    {
        var hub = new Hub();
        using var watcher = hub.Watch();
        var yui = await hub.ComeAsync();
        await SayAsync(yui, "aside", new PublishOptions(Note: Aside));
        await SayAsync(yui, "heard", default);
        var (plain, reader) = (await hub.ComeAsync(room: null), await hub.ComeAsync(room: null, encoder: new NoteReader()));
        hub.Join(plain.Peer, new JoinRequest { Room = "lobby", Start = Start.Last(10) });
        hub.Join(reader.Peer, new JoinRequest { Room = "lobby", Start = Start.Last(10) });

        await Kodama.Testing.Deadline.UntilAsync(() => reader.Received.Count == 2);
        await Kodama.Testing.Deadline.UntilAsync(() => plain.Received.Count == 1);

        Assert.Equal("heard", Assert.Single(plain.Received));
        var watched = new List<string>();
        await foreach (var happened in watcher)
        {
            if (happened.Kind != HubEventKind.Message) continue;
            watched.Add(happened.Message.Text);
            break;
        }
        Assert.Equal(["heard"], watched);
    }

    private static async Task SayAsync(TestPeer peer, string text, PublishOptions options)
    {
        var batch = FlushBatch.Rent();
        await peer.Peer.Hub.PublishAsync(peer.Peer, peer.Room, text, Message.DefaultEvent, options, batch);
        batch.Dispose();
    }

    private sealed class NoteReader : IMessageEncoder
    {
        public bool ReadsNotes => true;

        public Frame Encode(in Message message) => LengthPrefixed.Plain.Encode(message);
    }
}
