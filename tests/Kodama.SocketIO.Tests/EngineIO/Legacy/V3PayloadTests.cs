using FsCheck;
using FsCheck.Fluent;

namespace Kodama.SocketIO.Tests;

public class V3PayloadTests
{
    [Theory]
    [InlineData(true, "00 05 FF 34 E2 82 AC 61 01 05 FF 04 01 02 03 04")]
    [InlineData(false, "33 3A 34 E2 82 AC 61 31 30 3A 62 34 41 51 49 44 42 41 3D 3D")]
    public void Frames_WithBinary_AreBytesWhereTheClientTakesThem(bool takesBytes, string expected)
    {
        using var body = Body(takesBytes, ("€a", []), (null, [1, 2, 3, 4]));

        Assert.Equal(takesBytes ? "application/octet-stream" : "text/plain; charset=UTF-8", body.Finish(jsonp: null));
        Assert.Equal(Bytes.Hex(expected), body.Memory.ToArray());
    }

    [Fact]
    public void Frames_WithoutBinary_AreText()
    {
        using var body = Body(true, ("😀", []), (new string('x', 200), []));

        Assert.Equal("text/plain; charset=UTF-8", body.Finish(jsonp: null));
        Assert.Equal($"3:4😀201:4{new string('x', 200)}", Bytes.Text(body.Memory));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Packets_OfAnyKind_AreReadBack(bool takesBytes)
    {
        Prop.ForAll(Packets, packets =>
        {
            using var body = Body(takesBytes, packets);
            var isBytes = body.Finish(jsonp: null) == "application/octet-stream";
            var reader = new PollPayloadReader(EngineVersion.V3, body.Memory.ToArray(), isBytes);
            foreach (var (text, bytes) in packets)
            {
                Assert.True(reader.TryRead(out var packet), reader.Error);
                Assert.Equal((EnginePacketType.Message, text is null), (packet.Type, packet.IsBinary));
                Assert.Equal(text is null ? bytes : Bytes.Of(text), packet.Data.ToArray());
            }
            Assert.False(reader.TryRead(out _));
            Assert.Null(reader.Error);
        }).QuickCheckThrowOnFailure();
    }

    private static PollBody Body(bool takesBytes, params (string? Text, byte[] Bytes)[] packets)
    {
        var body = new PollBody(EngineVersion.V3, takesBytes);
        foreach (var (text, bytes) in packets)
        {
            var frame = new byte[20 + Math.Max(Bytes.Of(text ?? "").Length, bytes.Length)];
            body.Add(frame.AsSpan(0, text is null
                ? EnginePacketWriter.WriteBinary(frame, EngineVersion.V3, bytes)
                : EnginePacketWriter.WriteText(frame, EnginePacketType.Message, Bytes.Of(text))));
        }
        return body;
    }

    /// <summary>Texts of characters of 1 to 4 bytes, and bytes; a text without a record separator, which JSON escapes.</summary>
    private static Arbitrary<(string? Text, byte[] Bytes)[]> Packets
    {
        get
        {
            var runes = Gen.Elements("a", "4", ":", "é", "€", "😀", "\n", "\u0000", "\u00FF");
            var texts = Gen.ArrayOf(runes).Select(all => ((string?)string.Concat(all), Array.Empty<byte>()));
            var binaries = Gen.ArrayOf(Gen.Choose(0, 255)).Select(all => ((string?)null, all.Select(b => (byte)b).ToArray()));
            return Gen.NonEmptyListOf(Gen.OneOf(texts, binaries)).Select(all => all.ToArray()).ToArbitrary();
        }
    }
}
