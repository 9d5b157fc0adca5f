using System.Buffers;
using System.IO.Compression;

namespace Kodama.WebSockets.Tests;

/// <summary>RFC 7692 sections 6 and 7.2, with the examples of 7.2.3.</summary>
public class CompressedMessageTests
{
    private static readonly DeflateParameters NoTakeover = new(true, true);
    private static readonly DeflateParameters Takeover = new(false, false);

    [Fact]
    public void Read_OneCompressedBlock_IsHello() => Expect(NoTakeover, "C1 07 F248CDC9C90700", Seen.Text("Hello"));

    [Fact]
    public void Read_CompressedFragments_AreHello() => Expect(NoTakeover, "41 03 F248CD 80 04 C9C90700", Seen.Text("Hello"));

    [Fact]
    public void Read_ControlFramesBetweenCompressedFragments_ComeFirst() =>
        Expect(NoTakeover, "41 03 F248CD 89 02 6869 00 00 80 04 C9C90700", Seen.Ping("hi"), Seen.Text("Hello"));

    [Fact]
    public void Read_SharedWindow_RefersToTheMessageBefore() =>
        Expect(Takeover, "C1 07 F248CDC9C90700 C1 05 F200110000", Seen.Text("Hello"), Seen.Text("Hello"));

    [Fact]
    public void Read_SharedWindowAcrossUncompressedMessages_SkipsThem() => Expect(
        Takeover, "C1 07 F248CDC9C90700 81 03 616263 C1 05 F200110000", Seen.Text("Hello"), Seen.Text("abc"), Seen.Text("Hello"));

    [Fact]
    public void Read_SharedWindow_SpansSeveralMessages() => Wire.Expect(
        () => new MessageReader(WebSocketRole.Client, MessageReaderOptions.Default, Takeover),
        [.. Hex.Bytes("C1 07 F248CDC9C90700 C1 05 F200110000"), .. Match(6, 2, 1)],
        Seen.Text("Hello"), Seen.Text("Hello"), Seen.Binary("Hel"u8));

    [Fact]
    public void Read_ReferenceWithoutTakeover_IsInvalidPayload() =>
        Expect(NoTakeover, "C1 07 F248CDC9C90700 C1 05 F200110000", Seen.Text("Hello"), Seen.Error(CloseCodes.InvalidPayload));

    [Fact]
    public void Read_BlockWithoutCompression_IsHello() => Expect(NoTakeover, "C1 0B 000500FAFF48656C6C6F00", Seen.Text("Hello"));

    [Fact]
    public void Read_BlockMarkedFinal_IsHello() => Expect(NoTakeover, "C1 08 F348CDC9C9070000", Seen.Text("Hello"));

    [Fact]
    public void Read_TwoBlocksInOneMessage_AreHello() => Expect(NoTakeover, "C1 0D F24805000000FFFFCAC9C90700", Seen.Text("Hello"));

    [Fact]
    public void Read_EmptyMessage_IsEmpty() => Expect(NoTakeover, "C1 01 00 C2 01 00", Seen.Text(""), Seen.Binary([]));

    [Fact]
    public void Read_UncompressedMessages_MayMix() =>
        Expect(NoTakeover, "81 02 6869 C1 07 F248CDC9C90700 82 01 00", Seen.Text("hi"), Seen.Text("Hello"), Seen.Binary([0]));

    [Theory]
    [InlineData("41 03 F248CD C0 04 C9C90700")]
    [InlineData("01 01 61 C0 01 62")]
    [InlineData("C8 00")]
    [InlineData("C9 00")]
    [InlineData("CA 00")]
    [InlineData("E1 00")]
    [InlineData("D1 00")]
    public void Read_Rsv1WhereItMayNotBe_IsAProtocolError(string frames) =>
        Expect(NoTakeover, frames, Seen.Error(CloseCodes.ProtocolError));

    [Theory]
    [InlineData("C1 01 06")]
    [InlineData("C1 04 F248CDC9")]
    [InlineData("42 01 F2 80 01 FF")]
    public void Read_Garbage_IsInvalidPayload(string frames) => Expect(NoTakeover, frames, Seen.Error(CloseCodes.InvalidPayload));

    [Fact]
    public void Read_InflatedTextThatIsNotUtf8_IsInvalidPayload() =>
        Expect(NoTakeover, "C1 08 000200FDFFC32800", Seen.Error(CloseCodes.InvalidPayload));

    [Fact]
    public void Read_InflatedMessageAtTheBound_IsWhole() => ExpectBounded(1000, Seen.Binary(new byte[1000]));

    [Fact]
    public void Read_InflatedMessageOverTheBound_IsTooBig() => ExpectBounded(1001, Seen.Error(CloseCodes.MessageTooBig));

    [Fact]
    public void Read_IncompressibleMessageAtTheBound_MayGrow()
    {
        byte[] message = new byte[1000];
        new Random(3).NextBytes(message);
        // Fixed codes take up to 9 bits a byte, and so more than the bound; this is the most that a sound sender makes of it.
        byte[] frame = Frame(message, CompressionLevel.NoCompression);
        Assert.InRange(frame.Length, 1001, 1200);
        Wire.Expect(() => Bounded(1000), frame, Seen.Binary(message));
    }

    [Fact]
    public void Read_CompressedFormFarOverTheBound_IsTooBigAtItsHeader() =>
        Wire.Expect(() => Bounded(1000), Hex.Bytes("C2 7E 04A6"), Seen.Error(CloseCodes.MessageTooBig));

    [Fact]
    public void Read_LongTakeover_KeepsTheNegotiatedWindowOnly()
    {
        var random = new Random(4);
        using var reader = new MessageReader(WebSocketRole.Client, MessageReaderOptions.Default, new DeflateParameters(false, true, 10));
        byte[] first = new byte[3000];
        random.NextBytes(first);
        Assert.Single(Wire.Feed(reader, [Frame(first, CompressionLevel.Fastest)]));

        // A match of 3 bytes (symbol 257) in fixed codes: 1024 bytes back is in the window, 1025 is not.
        Assert.Equal([Seen.Binary(first.AsSpan(3000 - 1024, 3))], Wire.Feed(reader, [Match(19, 8, 255)]));
        Assert.Equal([Seen.Error(CloseCodes.InvalidPayload)], Wire.Feed(reader, [Match(20, 9, 0)]));
    }

    /// <summary>zlib writes a window of 9 bits where it agreed to one of 8, and of that uses 250 bytes: a reader may be strict.</summary>
    [Fact]
    public void Read_WindowOf8Bits_TakesMatchesOf256BytesAndNoLonger()
    {
        byte[] first = new byte[3000];
        new Random(4).NextBytes(first);
        Assert.Equal(Seen.Binary(first.AsSpan(3000 - 256, 3)), After(Match(15, 6, 63)));
        Assert.Equal(Seen.Error(CloseCodes.InvalidPayload), After(Match(16, 7, 0)));

        Seen After(byte[] match)
        {
            using var reader = new MessageReader(WebSocketRole.Client, MessageReaderOptions.Default, new DeflateParameters(false, true, 8));
            return Wire.Feed(reader, [Frame(first, CompressionLevel.NoCompression), match])[1];
        }
    }

    /// <summary>A distance within one message, beyond what its sender agreed to, is refused without takeover too.</summary>
    [Fact]
    public void Read_LongerDistanceThanAgreedWithinAMessage_IsInvalidPayload()
    {
        byte[] noise = new byte[600];
        new Random(8).NextBytes(noise);
        byte[] frame = Frame([.. noise, .. noise], CompressionLevel.Optimal);
        Assert.InRange(frame.Length, 600, 700);
        Wire.Expect(() => Within(10), frame, Seen.Binary([.. noise, .. noise]));
        Wire.Expect(() => Within(9), frame, Seen.Error(CloseCodes.InvalidPayload));

        static MessageReader Within(int bits) =>
            new(WebSocketRole.Client, MessageReaderOptions.Default, new DeflateParameters(true, true, ServerMaxWindowBits: bits));
    }

    [Theory]
    [InlineData(int.MaxValue)]
    [InlineData(1000)]
    public void Read_LongMessage_PausesAndCostsItsLength(int chunk)
    {
        byte[] message = Samples.Text(1 << 20);
        byte[] frames = [.. Frame(message, CompressionLevel.Fastest), .. Hex.Bytes("82 01 00")];
        using var reader = new MessageReader(WebSocketRole.Client, MessageReaderOptions.Default, NoTakeover);
        List<ReadEvent> events = [];
        int cost = 0, largest = 0;
        foreach (byte[] piece in frames.Chunk(chunk))
        {
            Memory<byte> input = piece;
            ReadEvent read;
            while ((read = reader.Read(input, out int consumed)) != ReadEvent.NeedMore)
            {
                // What is used up is the caller's again, also amid a message.
                input.Span[..consumed].Clear();
                input = input[consumed..];
                events.Add(read);
                cost += reader.Cost;
                largest = Math.Max(largest, reader.Cost);
                if (reader.Payload.Length > 1)
                    Assert.True(reader.Payload.Span.SequenceEqual(message));
            }
        }
        Assert.Equal([.. Enumerable.Repeat(ReadEvent.Pause, events.Count - 2), ReadEvent.Message, ReadEvent.Message], events);
        Assert.InRange(events.Count, message.Length / Inflater.Step, 2 * message.Length / Inflater.Step);
        Assert.InRange(cost, message.Length, message.Length + message.Length / 8);
        Assert.InRange(largest, Inflater.Step / 2, Inflater.Step + 1000);
        Assert.Equal(0, reader.HeldBytes);
    }

    [Fact]
    public void Dispose_WhileAMessageIsPaused_HoldsNothing()
    {
        var reader = new MessageReader(WebSocketRole.Client, MessageReaderOptions.Default, NoTakeover);
        Assert.Equal(ReadEvent.Pause, reader.Read(Frame(new byte[1 << 20], CompressionLevel.Fastest), out _));
        Assert.InRange(reader.HeldBytes, Inflater.Step, 1 << 20);
        reader.Dispose();
        Assert.Equal(0, reader.HeldBytes);
    }

    [Fact]
    public void Read_MoreCodesThanData_IsTooBig()
    {
        // Blocks with codes of their own, which say nothing.
        byte[] payload = Bits.Of(string.Concat(Enumerable.Repeat($"{Bits.OwnCodes} 0 1111111 0 1101011 10 10 0", 200)));
        byte[] frame = new byte[FrameWriter.MaxHeaderSize + payload.Length];
        Wire.Expect(
            () => new MessageReader(WebSocketRole.Client, MessageReaderOptions.Default, NoTakeover),
            frame[..FrameWriter.Write(frame, Opcode.Binary, payload, compressed: true)],
            Seen.Error(CloseCodes.MessageTooBig));
    }

    /// <summary>A frame whose one block is a match of 3 bytes at the distance that the symbol and its extra bits give.</summary>
    private static byte[] Match(int distanceSymbol, int extraBits, int extra)
    {
        ulong bits = 0b010;
        int count = 3;
        Put(0b0000001, 7, highFirst: true);
        Put(distanceSymbol, 5, highFirst: true);
        Put(extra, extraBits, highFirst: false);
        Put(0, 7, highFirst: true);
        Put(0, 3, highFirst: false);
        byte[] payload = BitConverter.GetBytes(bits)[..((count + 7) / 8)];
        return [0xC2, (byte)payload.Length, .. payload];

        void Put(int value, int length, bool highFirst)
        {
            for (int i = 0; i < length; i++)
                bits |= (ulong)(value >> (highFirst ? length - 1 - i : i) & 1) << count++;
        }
    }

    private static void Expect(DeflateParameters deflate, string hex, params Seen[] expected) =>
        Wire.Expect(() => new MessageReader(WebSocketRole.Client, MessageReaderOptions.Default, deflate), Hex.Bytes(hex), expected);

    private static void ExpectBounded(int length, Seen expected) =>
        Wire.Expect(() => Bounded(1000), Frame(new byte[length], CompressionLevel.Fastest), expected);

    private static MessageReader Bounded(int size) =>
        new(WebSocketRole.Client, new MessageReaderOptions { MaxMessageSize = size }, NoTakeover);

    private static byte[] Frame(byte[] message, CompressionLevel level)
    {
        var compressed = new ArrayBufferWriter<byte>();
        Deflater.Deflate(message, compressed, level);
        byte[] frame = new byte[FrameWriter.MaxHeaderSize + compressed.WrittenCount];
        return frame[..FrameWriter.Write(frame, Opcode.Binary, compressed.WrittenSpan, compressed: true)];
    }
}
