using System.Text;

namespace Kodama.Server.Tests;

/// <summary>That what is filled into a frame under the room's lock is what would have been written.</summary>
public sealed class SseEncoderTests
{
    private static readonly DateTimeOffset Time = DateTimeOffset.FromUnixTimeMilliseconds(1764357725123);

    private readonly Room room = new Hub().OpenRoom("tea")!;

    [Fact]
    public void Mark_Placed_HasTheOffsetAndIsOtherwiseAsItWas() =>
        Placed(SseEncoder.Instance.Encode(new RoomMark(room, At(0), IsLive: true)), SseEncoder.Instance.Encode(new RoomMark(room, At(12))));

    [Fact]
    public void Message_Placed_IsAsIfItHadBeenWrittenSo() => Placed(
        SseEncoder.Instance.Encode(new Message(null, room, "message", "id: 7\n", DateTimeOffset.UnixEpoch)),
        SseEncoder.Instance.Encode(new Message(null, room, "message", "id: 7\n", Time, 12)));

    [Fact]
    public void Change_Placed_IsAsIfItHadBeenWrittenSo()
    {
        Placed(SseEncoder.Instance.Encode(room, Change()), SseEncoder.Instance.Encode(room, Change().Place(12, Time)));

        static Entry Change() => new() { Kind = EntryKind.State, Action = EntryAction.Update, Key = "topic", Event = "", Payload = "cups" };
    }

    [Fact]
    public void Snapshot_WrittenWhenTheRoomHasAnotherEpochAlready_IsOfItsOwn()
    {
        var light = new Entry { Kind = EntryKind.State, Action = EntryAction.Enter, Key = "light", Event = "", Payload = "on" };
        var mark = new RoomMark(room, new Position("Before", 5), Keys: [light.Place(3, Time)], KeysAt: 4);

        using var written = new Written(SseEncoder.Instance.Encode(mark));

        Assert.Contains("\"position\":\"Before:3\"", written.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(room.Epoch, written.Text, StringComparison.Ordinal);
    }

    private readonly record struct Written(Frame Frame) : IDisposable
    {
        public string Text => Encoding.UTF8.GetString(Frame.Span);

        public void Dispose() => Frame.Release();
    }

    private static void Placed(in Frame frame, in Frame expected)
    {
        SseEncoder.Instance.Place(frame.Span, 12, Time);

        Assert.Equal(Encoding.UTF8.GetString(expected.Span), Encoding.UTF8.GetString(frame.Span));
        frame.Release();
        expected.Release();
    }

    private Position At(long offset) => new(room.Epoch, offset);
}
