using System.Text;

namespace Kodama.Core.Tests;

/// <summary>A format that hands out its frames itself hears of all that is said in its rooms, whoever is there.</summary>
public class StreamFormatTests
{
    private readonly Recorder stream = new();

    [Fact]
    public async Task Message_OfARoomThatIsBornWithTheFormat_IsHandedOutByItUnderTheRoomsLock()
    {
        var hub = new Hub { FormatOf = name => name == "other" ? null : stream };
        var yui = await hub.ComeAsync(room: "red");
        var other = await hub.ComeAsync(room: "other");

        yui.Room.Send("hi");
        other.Room.Send("not told");
        yui.Room.Send("bye", except: [yui.Peer]);

        Assert.Equal(["red hi ", $"red bye {yui.Peer.Author.Id}"], stream.Told);
    }

    [Fact]
    public async Task Room_ThatWasThereBefore_IsWrittenInTheFormatThatIsKeptLast()
    {
        var hub = new Hub();
        var yui = await hub.ComeAsync(room: "red");
        var earlier = new Recorder();
        yui.Room.Send("too early");

        yui.Room.Keep(earlier);
        yui.Room.Send("one");
        yui.Room.Keep(stream);
        yui.Room.Send("two");

        Assert.Equal(["red one "], earlier.Told);
        Assert.Equal(["red two "], stream.Told);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task MemberWithTheFormat_IsCountedAndGetsNothingByTheRoom(bool isHeld)
    {
        var hub = new Hub { FormatOf = _ => stream };
        var yui = await hub.ComeAsync(room: "red");
        var held = await hub.ComeAsync(room: "blue", encoder: stream);
        hub.Join(held.Peer, new JoinRequest { Room = "red", IsHeld = isHeld }, grant: null).Begin();

        Assert.Equal(1 + Recorder.Taken, yui.Room.Send("hi").Receivers);

        Assert.Equal(2, yui.Room.PeerCount);
        Assert.Equal(0, held.Peer.Outbox.QueuedBytes);
    }

    [Fact]
    public async Task MemberWithTheFormat_IsToldToItAsItComesAndLeaves_ButNotAsItGoes()
    {
        var hub = new Hub();
        var peer = (await hub.ComeAsync(room: "red", encoder: stream)).Peer;

        hub.Join(peer, "blue");
        Hub.Leave(peer, hub.FindRoom("red")!);
        hub.Remove(peer, CloseReason.Lost);

        Assert.Equal(["red +", "blue +", "red -"], stream.Told);
    }

    [Fact]
    public async Task DirectMessage_IsHandedOutByTheFormatOfItsReceivers()
    {
        var hub = new Hub();
        await hub.ComeAsync(room: "red", encoder: stream);
        await hub.ComeAsync(room: "red");
        stream.Told.Clear();

        hub.Send("to all");

        Assert.Equal(["1 to all"], stream.Told);
    }

    private sealed class Recorder : IStreamFormat
    {
        public const int Taken = 3;

        public List<string> Told { get; } = [];

        public void Joined_NeedsLock(Room room, Peer peer) => Tell(room, '+');

        public void Left_NeedsLock(Room room, Peer peer) => Tell(room, '-');

        public Frame Encode(in Message message) => Frame.Copy(Encoding.UTF8.GetBytes($"{message.Payload}"));

        public int HandOut_NeedsLock(
            in Message message, in Frame frame, Peer? sender, IReadOnlySet<string>? exceptIds, FlushBatch batch)
        {
            Assert.True(message.Room!.Gate.IsHeldByCurrentThread);
            Told.Add($"{message.Room.Name} {Encoding.UTF8.GetString(frame.Span)} {string.Join(',', exceptIds ?? new HashSet<string>())}");
            return Taken;
        }

        public int HandOut(in Message message, in Frame frame, IEnumerable<Peer> receivers, FlushBatch batch)
        {
            Told.Add($"{receivers.Count()} {Encoding.UTF8.GetString(frame.Span)}");
            return receivers.Count();
        }

        private void Tell(Room room, char what)
        {
            Assert.True(room.Gate.IsHeldByCurrentThread);
            Told.Add($"{room.Name} {what}");
        }
    }
}
