using FsCheck;
using FsCheck.Fluent;

namespace Kodama.Core.Tests;

/// <summary>Random scripts of joins, leaves, moves, messages and disconnects against a model of three lines.</summary>
public class RoomModelTests
{
    private const int PeerCount = 5;
    private static readonly string[] Names = ["red", "green", "blue"];

    private static readonly Arbitrary<Step[]> Scripts =
        (from verb in Gen.Elements("join", "leave", "move", "say", "say", "say", "tell", "go")
         from peer in Gen.Choose(0, PeerCount - 1)
         from room in Gen.Elements(Names)
         from other in Gen.Elements(Names)
         select new Step(verb, peer, room, other)).ArrayOf().ToArbitrary();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Hub_AnyScript_DeliversAsTheModel(bool echo) =>
        Prop.ForAll(Scripts, script => Run(script, echo)).Check(Config.QuickThrowOnFailure.WithMaxTest(500).WithEndSize(80));

    private static void Run(Step[] script, bool echo)
    {
        var hub = new Hub(new HubOptions { Echo = echo, MaxRoomsPerPeer = 2, Log = { KeepEmpty = TimeSpan.Zero } });
        var peers = Enumerable.Range(0, PeerCount).Select(_ => hub.ComeAsync(room: null).GetAwaiter().GetResult()).ToArray();
        var rooms = Enumerable.Range(0, PeerCount).Select(_ => new List<string>()).ToArray();
        var expected = Enumerable.Range(0, PeerCount).Select(_ => new List<string>()).ToArray();
        var offsets = new Dictionary<string, long>();
        var gone = new HashSet<int>();

        for (var number = 0; number < script.Length; number++)
        {
            var (verb, peer, name, other) = script[number];
            var room = hub.FindRoom(name);
            var isIn = rooms[peer].Contains(name);
            var text = $"{number}";
            switch (verb)
            {
                case "join":
                    Assert.Equal(Join(peer, name), hub.Join(peers[peer].Peer, name));
                    break;
                case "leave" when room is not null:
                    Assert.Equal(isIn, Hub.Leave(peers[peer].Peer, room));
                    rooms[peer].Remove(name);
                    break;
                case "move" when room is not null:
                    if (name != other) rooms[peer].Remove(name);
                    Assert.Equal(isIn ? Join(peer, other) : JoinResult.Gone, hub.Move(peers[peer].Peer, room, other));
                    break;
                case "say" when isIn:
                    Deliver(name, text, echo ? -1 : peer);
                    Assert.Equal(offsets[name], peers[peer].SayAsync(text, room: room).GetAwaiter().GetResult().Offset);
                    break;
                case "tell" when room is not null:
                    Deliver(name, text, peer);
                    Assert.Equal(offsets[name], room.Send(text, except: [peers[peer].Peer]).Offset);
                    break;
                case "go":
                    peers[peer].Go();
                    rooms[peer].Clear();
                    gone.Add(peer);
                    break;
            }
            foreach (var empty in Names.Where(n => !rooms.Any(r => r.Contains(n)))) offsets.Remove(empty);
            Assert.Equal(Names.Where(n => rooms.Any(r => r.Contains(n))).Order(), hub.Rooms.Select(r => r.Name).Order());
        }

        for (var i = 0; i < PeerCount; i++)
        {
            Assert.Equal(rooms[i], peers[i].Peer.Rooms.Select(r => r.Name));
            Assert.Equal(expected[i], peers[i].Received);
        }
        Assert.Equal(expected.Sum(e => e.Count), hub.Counts.MessagesOut);

        JoinResult Join(int peer, string name)
        {
            if (gone.Contains(peer)) return JoinResult.Gone;
            if (rooms[peer].Contains(name)) return JoinResult.AlreadyIn;
            if (rooms[peer].Count == 2) return JoinResult.PeerFull;
            rooms[peer].Add(name);
            return JoinResult.Joined;
        }

        void Deliver(string name, string text, int except)
        {
            offsets[name] = offsets.GetValueOrDefault(name) + 1;
            for (var i = 0; i < PeerCount; i++)
            {
                if (i != except && rooms[i].Contains(name)) expected[i].Add(text);
            }
        }
    }

    private sealed record Step(string Verb, int Peer, string Room, string Other);
}
