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

    private static void Placed(in Frame frame, in Frame expected)
    {
        SseEncoder.Instance.Place(frame.Span, 12, Time);

        Assert.Equal(Encoding.UTF8.GetString(expected.Span), Encoding.UTF8.GetString(frame.Span));
        frame.Release();
        expected.Release();
    }

    private Position At(long offset) => new(room.Epoch, offset);
}
