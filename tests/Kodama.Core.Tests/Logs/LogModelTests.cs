using FsCheck;
using FsCheck.Fluent;

namespace Kodama.Core.Tests;

/// <summary>
/// Random scripts of speaking, stalling, draining, breaking off and coming back, against what a client can check: every entry that it
/// should have, once, in order, or a gap that was told.
/// </summary>
public class LogModelTests
{
    private const int PeerCount = 4;

    private static readonly Arbitrary<Step[]> Scripts =
        (from verb in Gen.Elements("say", "say", "say", "say", "set", "remove", "stall", "drain", "break", "resume", "leave")
         from peer in Gen.Choose(0, PeerCount - 1)
         from count in Gen.Choose(1, 40)
         select new Step(verb, peer, count)).ArrayOf().ToArbitrary();

    [Theory]
    [InlineData(20, 3)]
    [InlineData(10_000, 4)]
    public void Readers_OfAnyScript_GetEveryEntryOnceInOrderOrAreToldAGap(int kept, int keys) =>
        Prop.ForAll(Scripts, script => Run(script, kept, keys)).Check(Config.QuickThrowOnFailure.WithMaxTest(200).WithEndSize(60));

    private static void Run(Step[] script, int kept, int keys)
    {
        var options = new HubOptions
        {
            Log = { Messages = kept, KeepEmpty = TimeSpan.FromHours(1) },
            Rooms = { ["lobby"] = new() { KeepWhenEmpty = true } },
        };
        var hub = new Hub(options);
        var clients = Enumerable.Range(0, PeerCount).Select(i => new Client(hub, $"s{i}")).ToArray();
        foreach (var client in clients) client.Come();
        var number = 0;
        foreach (var (verb, index, count) in script)
        {
            var client = clients[index];
            switch (verb)
            {
                case "say" when client.IsIn:
                    for (var i = 0; i < count; i++) client.Say($"m{number++} {new string('x', 300)}");
                    break;
                case "set":
                    hub.FindRoom("lobby")!.State.Set($"k{count % keys}", $"v{number++}");
                    break;
                case "remove":
                    hub.FindRoom("lobby")!.State.Remove($"k{count % keys}");
                    break;
                case "stall":
                    client.Stall();
                    break;
                case "drain":
                    client.Drain();
                    break;
                case "break" when client.IsIn:
                    client.Break();
                    break;
                case "leave" when client.IsIn:
                    client.Leave();
                    break;
                case "resume" when !client.IsIn:
                    client.Come();
                    break;
            }
        }
        foreach (var client in clients)
        {
            if (!client.IsIn) client.Come();
            client.CatchUp();
            client.Check();
        }
    }

    private sealed record Step(string Verb, int Peer, int Count);

    /// <summary>A client that remembers its position, as a careful one does.</summary>
    private sealed class Client(Hub hub, string session)
    {
        private static readonly Positioned Format = new();

        private readonly Dictionary<string, string> state = [];
        private readonly HashSet<long> own = [];
        private Peer? peer;
        private StallingLink link = new();
        private Position? position;
        private long missing;
        private long keysAt;
        private int read;

        public bool IsIn { get; private set; }

        public void Come()
        {
            link = new StallingLink();
            read = 0;
            var admission = hub.AdmitAsync(new PeerDescription { Door = "test", Encoder = Format, Session = session }, link)
                .AsTask().GetAwaiter().GetResult();
            peer = admission.Peer!;
            link.Attach(peer);
            var start = position is { } known ? Start.After(known) : Start.Live;
            var joined = hub.JoinAsync(peer, new JoinRequest { Room = "lobby", Start = start, State = true, IsHeld = true })
                .AsTask().GetAwaiter().GetResult();
            Assert.Equal(JoinResult.Joined, joined.Result);
            if (position is not null && !joined.IsGap) Assert.Equal(position, joined.Position);
            position = joined.Position;
            if (joined.Keys is not null) Replace(joined.KeysAt, joined.Keys.Select(key => (key.Key!, key.Payload.ToString())));
            IsIn = true;
            joined.Begin();
        }

        public void Say(string text)
        {
            using var batch = FlushBatch.Rent();
            var result = hub.PublishAsync(peer!, hub.FindRoom("lobby")!, text, Message.DefaultEvent, batch)
                .AsTask().GetAwaiter().GetResult();
            Assert.True(result.Offset > 0);
            own.Add(result.Offset);
        }

        public void Stall() => link.IsStalled = true;

        public void Drain()
        {
            link.IsStalled = false;
            link.Flush();
            Read();
        }

        public void Break()
        {
            Read();
            hub.Remove(peer!, CloseReason.Lost);
            peer!.Outbox.Close();
            IsIn = false;
        }

        public void Leave()
        {
            Drain();
            Hub.Leave(peer!, hub.FindRoom("lobby")!);
            Drain();
            Break();
        }

        public void CatchUp()
        {
            Drain();
            Assert.True(SpinWait.SpinUntil(
                () =>
                {
                    link.Flush();
                    return peer!.Find(hub.FindRoom("lobby")!)!.IsLive;
                },
                Deadline.Limit));
            Drain();
        }

        public void Check()
        {
            // Own messages at the end tell nothing.
            var end = hub.FindRoom("lobby")!.Offset;
            while (position!.Value.Offset < end && own.Contains(position.Value.Offset + 1))
                position = position.Value with { Offset = position.Value.Offset + 1 };
            Assert.Equal(end, position.Value.Offset);
            Assert.Equal(
                hub.FindRoom("lobby")!.State.List().Keys.Select(key => (key.Key!, key.Payload.ToString())).Order(),
                state.Select(pair => (pair.Key, pair.Value)).Order());
            Assert.Equal(0, missing);
        }

        private void Read()
        {
            for (var received = link.Received; read < received.Count; read++) Take(received[read]);
        }

        private void Take(string frame)
        {
            var offset = long.Parse(frame.AsSpan(0, 8));
            var text = frame[8..];
            if (text.StartsWith("gap ", StringComparison.Ordinal) || text.StartsWith("keys ", StringComparison.Ordinal))
            {
                if (text.IndexOf('[', StringComparison.Ordinal) is >= 0 and var open)
                {
                    var pairs = text[(open + 1)..^1].Split(' ', StringSplitOptions.RemoveEmptyEntries);
                    Replace(long.Parse(text[..(open - 1)].Split(' ')[^1]), pairs.Select(pair => (pair.Split('=')[0], pair.Split('=')[1])));
                }
                Assert.True(offset >= position!.Value.Offset);
                position = position.Value with { Offset = offset };
                return;
            }
            if (text == "live")
            {
                for (var hole = position!.Value.Offset + 1; hole <= offset; hole++) CountHole(hole);
                position = position.Value with { Offset = offset };
                return;
            }
            Assert.True(offset > position!.Value.Offset, $"{offset} came behind {position}");
            for (var hole = position.Value.Offset + 1; hole < offset; hole++) CountHole(hole);
            position = position.Value with { Offset = offset };
            var words = text.Split(' ');
            if (words[0] is "Enter" or "Update") state[words[1]] = words[2];
            else if (words[0] == "Remove") state.Remove(words[1]);
        }

        // Its own messages it does not get while it is live, changes up to a list it knows from that, and a change of a key that another
        // has followed is not told any more.
        private void CountHole(long offset)
        {
            if (own.Contains(offset)) return;
            var page = hub.FindRoom("lobby")!.ReadAsync(offset - 1, 1).AsTask().GetAwaiter().GetResult();
            if (!page.IsGap && page.Entries is [var entry, ..] && entry.Offset == offset
                && (entry.Kind == EntryKind.Message || offset > keysAt))
                missing++;
        }

        private void Replace(long at, IEnumerable<(string Key, string Value)> keys)
        {
            keysAt = at;
            state.Clear();
            foreach (var (key, value) in keys) state[key] = value;
        }
    }

    /// <summary>A connection that the test can stall.</summary>
    private sealed class StallingLink : IPeerLink
    {
        private readonly TestLink link = new();

        public bool IsStalled { get; set; }

        public IReadOnlyList<string> Received => link.Received;

        public void Attach(Peer peer) => link.Attach(peer);

        public void Flush()
        {
            if (!IsStalled) link.Drain();
        }

        public void Close(CloseReason reason)
        {
        }
    }
}
