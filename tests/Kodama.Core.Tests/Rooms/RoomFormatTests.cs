namespace Kodama.Core.Tests;

public class RoomFormatTests
{
    [Fact]
    public async Task Publish_TwoFormats_EncodesOncePerFormatAndEachPeerGetsItsOwn()
    {
        var hub = new Hub();
        var (plain, other) = (new LengthPrefixed(), new LengthPrefixed("other:"));
        var speaker = await hub.ComeAsync(encoder: plain);
        var listeners = new List<TestPeer>();
        for (var i = 0; i < 10; i++) listeners.Add(await hub.ComeAsync(encoder: i % 2 == 0 ? plain : other));

        await speaker.SayAsync("hello");

        Assert.Equal((1, 1), (plain.Encoded, other.Encoded));
        for (var i = 0; i < 10; i++) Assert.Equal([i % 2 == 0 ? "hello" : "other:hello"], listeners[i].Received);
    }

    [Fact]
    public async Task Publish_FormatThatNobodyReadsAnyMore_IsNotEncoded()
    {
        var hub = new Hub();
        var other = new LengthPrefixed("other:");
        var speaker = await hub.ComeAsync();
        var leaver = await hub.ComeAsync(encoder: other);
        leaver.Go();

        await speaker.SayAsync("hello");

        Assert.Equal(0, other.Encoded);
    }

    [Fact]
    public async Task Join_NewFormatWhileAPublisherEncodes_GetsTheMessageInItsFormat()
    {
        var hub = new Hub();
        var (plain, other) = (new LengthPrefixed(), new LengthPrefixed("other:"));
        var speaker = await hub.ComeAsync(encoder: plain);
        var joiner = await hub.ComeAsync(room: null, encoder: other);
        plain.WhileEncoding = () => hub.Join(joiner.Peer, "lobby");

        var result = await speaker.SayAsync("hello");

        Assert.Equal(1, result.Receivers);
        Assert.Equal(["other:hello"], joiner.Received);
        Assert.Equal((1, 1), (plain.Encoded, other.Encoded));
    }

    [Fact]
    public async Task Join_FormatThatWasOutOfUseWhileAPublisherEncodes_GetsTheMessageInItsFormat()
    {
        var hub = new Hub();
        var (plain, other) = (new LengthPrefixed(), new LengthPrefixed("other:"));
        // First, so that its place among the formats has been passed over when it comes back.
        var joiner = await hub.ComeAsync(encoder: other);
        var speaker = await hub.ComeAsync(encoder: plain);
        Hub.Leave(joiner.Peer, speaker.Room);
        plain.WhileEncoding = () => hub.Join(joiner.Peer, "lobby");

        await speaker.SayAsync("hello");

        Assert.Equal(["other:hello"], joiner.Received);
    }

    [Fact]
    public async Task Join_NewFormatInThePlaceOfOneInUseBefore_NobodyGetsTheOthersFormat()
    {
        var hub = new Hub();
        var formats = Enumerable.Range(0, Fanout.MaxFormats).Select(i => new LengthPrefixed($"{i}:")).ToArray();
        var peers = new List<TestPeer>();
        foreach (var format in formats) peers.Add(await hub.ComeAsync(encoder: format));
        var ninth = await hub.ComeAsync(room: null, encoder: new LengthPrefixed("9:"));
        // The last format goes out of use, and its place to another, while a publisher has encoded for it already.
        formats[^1].WhileEncoding = () =>
        {
            peers[^1].Go();
            hub.Join(ninth.Peer, "lobby");
        };

        await peers[0].SayAsync("hello");

        Assert.Equal(["9:hello"], ninth.Received);
        Assert.Equal(["1:hello"], peers[1].Received);
        Assert.Empty(peers[^1].Received);
    }

    [Fact]
    public async Task Join_MoreFormatsAtOnceThanARoomTakes_ThrowsAndThePeerIsNotIn()
    {
        var hub = new Hub();
        for (var i = 0; i < Fanout.MaxFormats; i++) await hub.ComeAsync(encoder: new LengthPrefixed($"{i}:"));
        var ninth = await hub.ComeAsync(room: null, encoder: new LengthPrefixed("9:"));

        Assert.Throws<InvalidOperationException>(() => hub.Join(ninth.Peer, "lobby"));

        Assert.Null(ninth.Peer.Room);
        Assert.Equal(Fanout.MaxFormats, hub.FindRoom("lobby")!.PeerCount);
    }

    [Fact]
    public async Task Join_PeersOfManyFormatsWhilePublishersRace_EachReadsOnlyItsOwn()
    {
        var hub = new Hub();
        var speakers = new[] { await hub.ComeAsync(), await hub.ComeAsync() };
        var guests = new List<TestPeer>();
        for (var i = 0; i < 24; i++) guests.Add(await hub.ComeAsync(room: null, encoder: new LengthPrefixed($"{i}:")));

        Race.Run(
        [
            .. speakers.Select(s => (Action)(() =>
            {
                for (var i = 0; i < 3_000; i++) Assert.True(s.SayAsync($"{i}").IsCompletedSuccessfully);
            })),
            () =>
            {
                for (var round = 0; round < 40; round++)
                {
                    // Six at a time, each six in the places of those before.
                    foreach (var some in guests.Chunk(6))
                    {
                        foreach (var guest in some) hub.Join(guest.Peer, "lobby");
                        foreach (var guest in some) Hub.Leave(guest.Peer, hub.FindRoom("lobby")!);
                    }
                }
            },
        ]);

        for (var i = 0; i < guests.Count; i++) Assert.All(guests[i].Received, text => Assert.StartsWith($"{i}:", text));
    }
}
