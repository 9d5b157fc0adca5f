using System.Buffers;
using System.Text;

namespace Kodama.WebSockets.Tests;

/// <summary>
/// A million frames, most of them damaged, at random ends of connections in random pieces. What failed is found again by its seed.
/// </summary>
public class MessageReaderFuzzTests
{
    private const int FramesPerConnection = 10;
    private const int Connections = 25_000;
    private const int Bound = 2048;

    // The compressed form may be an eighth larger; the pool rounds up.
    private const int MostHeld = 4096;
    private const int MostHeldWithWindow = MostHeld + (1 << 15);

    private static readonly DeflateParameters Takeover = new(false, false);
    private static readonly MessageReaderOptions Options = new() { MaxMessageSize = Bound, MaxFragments = 16 };

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Read_MutatedFrames_NeverThrowsAndHoldsLittle(int firstSeed)
    {
        var ends = new int[Enum.GetValues<ReadEvent>().Length];
        for (int i = 0; i < Connections; i++)
        {
            int seed = firstSeed * Connections + i;
            try
            {
                ends[(int)Run(new Random(seed))]++;
            }
            catch (Exception exception)
            {
                throw new InvalidOperationException($"Seed {seed} failed.", exception);
            }
        }
        // All ways to end must have been taken, or the frames are not what they should be.
        Assert.True(ends[(int)ReadEvent.NeedMore] > 500, $"open: {ends[(int)ReadEvent.NeedMore]}");
        Assert.True(ends[(int)ReadEvent.Close] > 500, $"closed: {ends[(int)ReadEvent.Close]}");
        Assert.True(ends[(int)ReadEvent.Error] > 500, $"failed: {ends[(int)ReadEvent.Error]}");
    }

    private static ReadEvent Run(Random random)
    {
        WebSocketRole role = random.Next(2) == 0 ? WebSocketRole.Server : WebSocketRole.Client;
        DeflateParameters? deflate = random.Next(3) switch
        {
            0 => null,
            1 => new DeflateParameters(true, true),
            _ => Takeover,
        };
        using var reader = new MessageReader(role, Options, deflate);
        byte[] bytes = Frames(random, role, deflate is not null);
        bool damaged = random.Next(4) > 0;
        for (int mutations = damaged ? random.Next(1, 4) : 0; mutations > 0; mutations--)
            Mutate(random, ref bytes);

        for (int position = 0; position < bytes.Length;)
        {
            int length = Math.Min(random.Next(1 << random.Next(1, 13)), bytes.Length - position);
            Memory<byte> input = bytes.AsMemory(position, length);
            position += length;
            while (true)
            {
                ReadEvent answered = reader.Read(input, out int consumed);
                Check(reader, answered, input.Length, consumed, deflate == Takeover ? MostHeldWithWindow : MostHeld);
                if (answered is ReadEvent.Close or ReadEvent.Error)
                    return answered;
                if (answered == ReadEvent.NeedMore)
                    break;
                input = input[consumed..];
            }
        }
        return ReadEvent.NeedMore;
    }

    private static void Check(MessageReader reader, ReadEvent answered, int given, int consumed, int mostHeld)
    {
        if (consumed < 0 || consumed > given)
            Assert.Fail($"{consumed} of {given} bytes consumed");
        if (answered == ReadEvent.NeedMore && consumed != given)
            Assert.Fail($"needs more with {given - consumed} bytes left");
        if (reader.HeldBytes > mostHeld)
            Assert.Fail($"holds {reader.HeldBytes} bytes");
        if (reader.Payload.Length > (answered == ReadEvent.Message ? Bound : FrameWriter.MaxControlPayload))
            Assert.Fail($"{answered} of {reader.Payload.Length} bytes");
        if (answered == ReadEvent.Message && reader.MessageType == MessageType.Text)
            _ = StrictUtf8.GetCharCount(reader.Payload.Span);
        if (answered == ReadEvent.Error
            && reader.CloseCode is not (CloseCodes.ProtocolError or CloseCodes.InvalidPayload or CloseCodes.MessageTooBig))
            Assert.Fail($"error {reader.CloseCode}");
        if (answered is ReadEvent.Close or ReadEvent.Error && reader.HeldBytes != 0)
            Assert.Fail($"holds {reader.HeldBytes} bytes after the end");
    }

    private static readonly UTF8Encoding StrictUtf8 = new(false, throwOnInvalidBytes: true);

    /// <summary>Ten frames that follow the protocol: messages in fragments, text, compressed, control frames between, at times a
    /// close.</summary>
    private static byte[] Frames(Random random, WebSocketRole reader, bool deflate)
    {
        var output = new ArrayBufferWriter<byte>();
        Opcode next = Opcode.Text;
        for (int i = 0; i < FramesPerConnection; i++)
        {
            if (random.Next(5) == 0)
            {
                byte[] control = Corpus(random, 0)[..random.Next(1, 40)];
                Write(random.Next(2) == 0 ? Opcode.Ping : Opcode.Pong, control, true, false);
                continue;
            }
            if (random.Next(20) == 0)
            {
                Write(Opcode.Close, random.Next(2) == 0 ? [] : [0x03, 0xE8, .. "bye"u8], true, false);
                continue;
            }

            if (next != Opcode.Continuation)
                next = random.Next(2) == 0 ? Opcode.Text : Opcode.Binary;
            bool compressed = deflate && next != Opcode.Continuation && random.Next(2) == 0;
            bool fin = compressed || random.Next(3) > 0;
            Write(next, Corpus(random, compressed ? 1 : 0), fin, compressed);
            next = fin ? Opcode.Text : Opcode.Continuation;
        }
        return output.WrittenSpan.ToArray();

        void Write(Opcode opcode, byte[] payload, bool fin, bool compressed)
        {
            uint? mask = reader == WebSocketRole.Server ? (uint)random.Next() : null;
            Span<byte> frame = output.GetSpan(FrameWriter.MaxHeaderSize + payload.Length);
            output.Advance(FrameWriter.Write(frame, opcode, payload, fin, compressed, mask));
        }
    }

    private static void Mutate(Random random, ref byte[] bytes)
    {
        int at = random.Next(bytes.Length);
        switch (random.Next(6))
        {
            case 0:
                bytes[at] ^= (byte)(1 << random.Next(8));
                break;
            case 1:
                bytes[at] = (byte)random.Next(256);
                break;
            case 2:
                bytes.AsSpan(at, Math.Min(random.Next(16), bytes.Length - at)).Fill((byte)(random.Next(2) * 0xFF));
                break;
            case 3 when bytes.Length > 1:
                bytes = [.. bytes[..at], .. bytes[(at + 1)..]];
                break;
            case 4:
                bytes = [.. bytes[..at], (byte)random.Next(256), .. bytes[at..]];
                break;
            default:
                int from = random.Next(bytes.Length);
                int length = random.Next(Math.Min(32, bytes.Length - Math.Max(at, from)));
                bytes.AsSpan(from, length).CopyTo(bytes.AsSpan(at));
                break;
        }
    }

    private static byte[] Corpus(Random random, int form) => CorpusForms[random.Next(CorpusForms.Length)][form];

    /// <summary>Texts of 40 bytes to a little over the bound, plain and compressed; deflating anew for each frame would take
    /// minutes.</summary>
    private static readonly byte[][][] CorpusForms = [.. Enumerable.Range(0, 60).Select(i =>
    {
        var random = new Random(i);
        int words = 6 + i * (i % 5 == 0 ? 6 : 1);
        string[] said = [.. Enumerable.Range(0, words).Select(_ => random.Next(2) == 0 ? "木霊 echo" : "forest 🌲")];
        byte[] text = Encoding.UTF8.GetBytes(string.Concat(said));
        var compressed = new ArrayBufferWriter<byte>();
        Deflater.Deflate(text, compressed);
        return new[] { text, compressed.WrittenSpan.ToArray() };
    })];
}
