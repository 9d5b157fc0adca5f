using System.Text;

namespace Kodama.Ably.Tests;

public class FrameHeadTests
{
    private static readonly DateTimeOffset Time = DateTimeOffset.FromUnixTimeMilliseconds(1_796_007_835_787);

    [Theory]
    [InlineData(WireFormat.Json, "AAAAAAAAAAAA")]
    [InlineData(WireFormat.MessagePack, "AAAAAAAAAAAA")]
    [InlineData(WireFormat.Json, "short")]
    [InlineData(WireFormat.MessagePack, "muchlongerthanothers")]
    internal void Place_OfEveryKindOfFrame_WritesWhatIsWrittenWhereThePlaceIsKnown(WireFormat format, string epoch)
    {
        foreach (var (action, isEdit) in ((ProtocolAction, bool)[])[(ProtocolAction.Message, false), (ProtocolAction.Message, true),
            (ProtocolAction.Presence, false), (ProtocolAction.Annotation, false)])
        {
            var known = Write(format, action, isEdit, epoch, 42);
            var placed = Write(format, action, isEdit, epoch, 0);

            Assert.NotEqual(known, placed);
            FrameHead.Place(placed, format, 42, Time);

            Assert.Equal(known, placed);
        }
    }

    [Fact]
    public void Serials_SortAsTheirPositionsDo()
    {
        var first = Serial.Of("zzz", 99, Time);
        var second = Serial.Of("zzz", 100, Time);
        var third = Serial.Of("aaa", 1, Time.AddMilliseconds(1));

        Assert.Equal(["01796007835787-000000000099@zzz", "01796007835787-000000000100@zzz", "01796007835788-000000000001@aaa"],
            ((string[])[third, second, first]).Order(StringComparer.Ordinal));
        Assert.True(Serial.TryParse(second, out var position));
        Assert.Equal(new Position("zzz", 100), position);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("01796007835787-000000000099")]
    [InlineData("01796007835787-000000000099@")]
    [InlineData("01796007835787-00000000009x@zzz")]
    [InlineData("01796007835787+000000000099@zzz")]
    [InlineData("01796007835787-000000000099@z:z")]
    public void TryParse_OfWhatIsNoSerial_IsFalse(string? text) => Assert.False(Serial.TryParse(text, out _));

    private static byte[] Write(WireFormat format, ProtocolAction action, bool isEdit, string epoch, long offset)
    {
        using var writer = WireWriter.Rent(format);
        FrameHead.Start(writer, action, isEdit, epoch, offset, Time);
        if (isEdit) writer.Name("description"u8).Text("why").End();
        writer.Name("data"u8).Text(new string('x', 300)).End().End().Name("channel"u8).Text("vvv").End();
        Assert.NotNull(WireDocument.Read(writer.Written.ToArray(), format));
        return writer.Written.ToArray();
    }
}
