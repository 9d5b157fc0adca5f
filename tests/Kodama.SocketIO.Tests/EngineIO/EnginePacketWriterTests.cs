using System.Buffers;
using System.Text;
using FsCheck;
using FsCheck.Fluent;

namespace Kodama.SocketIO.Tests;

public class EnginePacketWriterTests
{
    [Theory]
    [InlineData(EngineFormat.WebSocket, "81 05 34 E2 82 AC 61")]
    [InlineData(EngineFormat.WebSocketV3, "81 05 34 E2 82 AC 61")]
    [InlineData(EngineFormat.Polling, "34 E2 82 AC 61 1E")]
    [InlineData(EngineFormat.PollingV3, "33 3A 34 E2 82 AC 61")]
    [InlineData(EngineFormat.PollingV3Binary, "00 05 FF 34 E2 82 AC 61")]
    internal void WriteText_EachFormat_IsThatOfTheProtocol(EngineFormat format, string expected) =>
        Assert.Equal(Bytes.Hex(expected), Text(format, EnginePacketType.Message, "€a"));

    [Theory]
    [InlineData(EngineFormat.WebSocket, "82 04 01 02 03 04")]
    [InlineData(EngineFormat.WebSocketV3, "82 05 04 01 02 03 04")]
    [InlineData(EngineFormat.Polling, "62 41 51 49 44 42 41 3D 3D 1E")]
    [InlineData(EngineFormat.PollingV3, "31 30 3A 62 34 41 51 49 44 42 41 3D 3D")]
    [InlineData(EngineFormat.PollingV3Binary, "01 05 FF 04 01 02 03 04")]
    internal void WriteBinary_EachFormat_IsThatOfTheProtocol(EngineFormat format, string expected) =>
        Assert.Equal(Bytes.Hex(expected), Binary(format, [1, 2, 3, 4]));

    [Theory]
    [InlineData(EngineFormat.Polling)]
    [InlineData(EngineFormat.PollingV3)]
    [InlineData(EngineFormat.PollingV3Binary)]
    internal void Write_ManyPackets_AreReadBack(EngineFormat format)
    {
        Prop.ForAll(Packets, packets =>
        {
            var body = new List<byte>();
            foreach (var (text, bytes) in packets)
                body.AddRange(text is null ? Binary(format, bytes) : Text(format, EnginePacketType.Message, text));
            var v4 = format == EngineFormat.Polling;
            if (v4) body.RemoveAt(body.Count - 1);
            var reader = new PollingPayloadReader(
                v4 ? EngineVersion.V4 : EngineVersion.V3, body.ToArray(), format == EngineFormat.PollingV3Binary);
            foreach (var (text, bytes) in packets)
            {
                Assert.True(reader.TryRead(out var packet), reader.Error.ToString());
                Assert.Equal((EnginePacketType.Message, text is null), (packet.Type, packet.IsBinary));
                Assert.Equal(text is null ? bytes : Bytes.Of(text), packet.Data.ToArray());
            }
            Assert.False(reader.TryRead(out _));
            Assert.Equal(EngineReadError.None, reader.Error);
        }).QuickCheckThrowOnFailure();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(8)]
    [InlineData(9)]
    [InlineData(98)]
    [InlineData(99)]
    [InlineData(124)]
    [InlineData(125)]
    [InlineData(65_534)]
    [InlineData(65_535)]
    public void Size_AtEveryBoundary_IsWhatIsWritten(int length)
    {
        foreach (var format in Enum.GetValues<EngineFormat>())
        {
            // Checked by exact buffers: too small a size would throw.
            _ = Text(format, EnginePacketType.Message, new string('a', length));
            _ = Binary(format, new byte[length]);
        }
    }

    [Fact]
    public void ToJson_Handshake_IsNodes()
    {
        var handshake = new EngineHandshake("QvSDnUaalVC4F0TLAAAA", true, TimeSpan.FromSeconds(25), TimeSpan.FromSeconds(20), 1_000_000);
        Assert.Equal(
            """{"sid":"QvSDnUaalVC4F0TLAAAA","upgrades":["websocket"],"pingInterval":25000,"pingTimeout":20000,"maxPayload":1000000}""",
            Bytes.Text(handshake.ToJson()));
        Assert.Contains(
            "\"upgrades\":[],", Bytes.Text((handshake with { UpgradesToWebSocket = false }).ToJson()), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(EngineError.UnknownTransport, null, 400, """{"code":0,"message":"Transport unknown"}""")]
    [InlineData(EngineError.UnknownSid, null, 400, """{"code":1,"message":"Session ID unknown"}""")]
    [InlineData(EngineError.BadHandshakeMethod, null, 400, """{"code":2,"message":"Bad handshake method"}""")]
    [InlineData(EngineError.BadRequest, null, 400, """{"code":3,"message":"Bad request"}""")]
    [InlineData(EngineError.Forbidden, null, 403, """{"code":4,"message":"Forbidden"}""")]
    [InlineData(EngineError.Forbidden, "not \"you\"", 403, """{"code":4,"message":"not \"you\""}""")]
    [InlineData(EngineError.UnsupportedVersion, null, 400, """{"code":5,"message":"Unsupported protocol version"}""")]
    internal void WriteJson_EngineError_IsNodes(EngineError error, string? message, int status, string expected)
    {
        var output = new ArrayBufferWriter<byte>();
        error.WriteJson(output, message);
        Assert.Equal((status, expected), (error.Status(), Bytes.Text(output.WrittenSpan)));
    }

    private static byte[] Text(EngineFormat format, EnginePacketType type, string text)
    {
        var data = Bytes.Of(text);
        var bytes = new byte[EnginePacketWriter.TextSize(format, data)];
        Assert.Equal(bytes.Length, EnginePacketWriter.WriteText(bytes, format, type, data));
        return bytes;
    }

    private static byte[] Binary(EngineFormat format, byte[] data)
    {
        var bytes = new byte[EnginePacketWriter.BinarySize(format, data.Length)];
        Assert.Equal(bytes.Length, EnginePacketWriter.WriteBinary(bytes, format, data));
        return bytes;
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
