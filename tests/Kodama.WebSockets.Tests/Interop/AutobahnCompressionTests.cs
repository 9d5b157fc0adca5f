using System.Buffers;
using System.Net.WebSockets;

namespace Kodama.WebSockets.Tests;

/// <summary>
/// What the sections 12 and 13 of the Autobahn test suite demand, in both roles: messages of all its sizes, in fragments of all its sizes,
/// of five kinds of data, and with all its offers and answers; the other end is zlib's, through the platform. Here a case has fewer
/// messages, and is stricter: what this end compressed is also read by one that refuses a longer distance than was agreed.
/// </summary>
public class AutobahnCompressionTests
{
    private const string Default = "permessage-deflate; client_no_context_takeover; client_max_window_bits";

    /// <summary>Size of the messages, and of their fragments after compression; 0 for whole ones. The cases .1 to .18.</summary>
    private static readonly (int Size, int Fragment)[] Sizes =
    [
        (16, 0), (64, 0), (256, 0), (1024, 0), (4096, 0), (8192, 0), (16384, 0), (32768, 0), (65536, 0), (131072, 0),
        (8192, 256), (16384, 256), (32768, 256), (65536, 256), (131072, 256), (131072, 1024), (131072, 4096), (131072, 32768),
    ];

    /// <summary>What the suite's client offers, and what its server adds to the answer, in the cases 13.1 to 13.7.</summary>
    private static readonly (string Offer, string Answer)[] Parameters =
    [
        (Default, ""),
        ($"{Default}; server_no_context_takeover", "; client_no_context_takeover"),
        ($"{Default}; server_max_window_bits=9", "; client_max_window_bits=9"),
        ($"{Default}; server_max_window_bits=15", "; client_max_window_bits=15"),
        ($"{Default}; server_no_context_takeover; server_max_window_bits=9", "; client_no_context_takeover; client_max_window_bits=9"),
        ($"{Default}; server_no_context_takeover; server_max_window_bits=15", "; client_no_context_takeover; client_max_window_bits=15"),
        (
            $"{Default}; server_no_context_takeover; server_max_window_bits=9, {Default}; server_no_context_takeover, {Default}",
            "; client_no_context_takeover; client_max_window_bits=9"),
    ];

    public static TheoryData<WebSocketRole, int, int> Cases =>
        [.. from role in Enum.GetValues<WebSocketRole>() from section in Enumerable.Range(0, 12) from size in Enumerable.Range(0, 18)
            select (role, section, size)];

    /// <param name="role">The end that the codec is.</param>
    /// <param name="section">0 to 4 are the kinds of data of 12.1 to 12.5; 5 to 11 the parameters of 13.1 to 13.7.</param>
    /// <param name="size">The size of messages and fragments, from 0 on.</param>
    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Echo_OfCompressedMessages_IsWhatWasSent(WebSocketRole role, int section, int size)
    {
        byte[] data = AutobahnData.Of(section < 5 ? section : 0);
        WebSocketMessageType type = section is 0 or 3 or >= 5 ? WebSocketMessageType.Text : WebSocketMessageType.Binary;
        (string offer, string answer) = Parameters[section < 5 ? 0 : section - 5];
        (int length, int fragment) = Sizes[size];
        foreach (bool takeover in (bool[])[false, true])
        {
            DeflateParameters agreed = Negotiate(role, new PerMessageDeflateOptions { PeerContextTakeover = takeover }, offer, answer);
            WebSocketRole other = role == WebSocketRole.Server ? WebSocketRole.Client : WebSocketRole.Server;
            using var wire = new ScriptedStream();
            using WebSocket peer = Peer(wire, agreed, isServer: other == WebSocketRole.Server);
            using var reader = new MessageReader(role, MessageReaderOptions.Default, agreed);
            using var strict = new MessageReader(other, MessageReaderOptions.Default, agreed);

            int count = Math.Clamp((256 << 10) / length, 3, 40);
            for (int i = 0, from = 0; i < count; i++, from = (from + length) % data.Length)
            {
                // From its end it goes on at its start.
                int first = Math.Min(length, data.Length - from);
                byte[] message = [.. data.AsSpan(from, first), .. data.AsSpan(0, length - first)];
                await peer.SendAsync(message, type, true, CancellationToken.None);
                byte[] echo = Echo(reader, Fragment(wire.TakeWritten(), other, fragment), message, agreed, role);
                Assert.Equal(ReadEvent.Message, Read(strict, echo.ToArray()));
                Assert.True(strict.Payload.Span.SequenceEqual(message), $"echo {i} differs within the window");
                wire.Feed(echo);
                Assert.True((await ReceiveAsync(peer, type)).AsSpan().SequenceEqual(message), $"echo {i} differs");
            }
            await peer.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);
            Assert.Equal(ReadEvent.Close, Read(reader, wire.TakeWritten()));
            Assert.Equal(CloseCodes.Normal, reader.CloseCode);
        }
    }

    private static DeflateParameters Negotiate(WebSocketRole role, PerMessageDeflateOptions options, string offer, string answer)
    {
        DeflateParameters? agreed;
        if (role == WebSocketRole.Server)
        {
            Assert.True(PerMessageDeflate.TryAccept(offer, options, out agreed, out string? response));
            Assert.Equal(offer.Contains("bits=9", StringComparison.Ordinal) ? 9 : 15, agreed.ServerMaxWindowBits);
            Assert.Equal(agreed.ServerMaxWindowBits == 9, response.Contains("server_max_window_bits=9", StringComparison.Ordinal));
            return agreed;
        }

        // A server asks of a client only what that has offered.
        string offered = PerMessageDeflate.Offer(options);
        Assert.StartsWith(Default, offered, StringComparison.Ordinal);
        string own = offered.Contains("server_no_context_takeover", StringComparison.Ordinal) ? "; server_no_context_takeover" : "";
        Assert.True(PerMessageDeflate.TryConfirm($"permessage-deflate{own}{answer}", options, out agreed));
        Assert.NotNull(agreed);
        Assert.Equal(answer.Contains("bits=9", StringComparison.Ordinal) ? 9 : 15, agreed.ClientMaxWindowBits);
        return agreed;
    }

    private static byte[] Echo(MessageReader reader, byte[] frames, byte[] expected, DeflateParameters agreed, WebSocketRole role)
    {
        Assert.Equal(ReadEvent.Message, Read(reader, frames));
        Assert.True(reader.Payload.Span.SequenceEqual(expected));
        var compressed = new ArrayBufferWriter<byte>();
        Deflater.Deflate(reader.Payload.Span, compressed, windowBits: agreed.WindowBits(role));
        byte[] echo = new byte[FrameWriter.MaxHeaderSize + compressed.WrittenCount];
        Opcode opcode = reader.MessageType == MessageType.Text ? Opcode.Text : Opcode.Binary;
        uint? mask = role == WebSocketRole.Client ? 0x01020304 : null;
        return echo[..FrameWriter.Write(echo, opcode, compressed.WrittenSpan, compressed: true, mask: mask)];
    }

    /// <summary>The first event but pauses; there must be one, and nothing behind it.</summary>
    private static ReadEvent Read(MessageReader reader, Memory<byte> input)
    {
        ReadEvent read;
        do
        {
            read = reader.Read(input, out int consumed);
            input = input[consumed..];
        }
        while (read == ReadEvent.Pause);
        Assert.Equal(0, input.Length);
        return read;
    }

    /// <summary>The frame with its payload in several frames, as the suite sends it.</summary>
    private static byte[] Fragment(byte[] frame, WebSocketRole writer, int size)
    {
        WebSocketRole reader = writer == WebSocketRole.Client ? WebSocketRole.Server : WebSocketRole.Client;
        Assert.True(FrameHeader.TryRead(frame, reader, deflate: true, out FrameHeader header, out _));
        Assert.True(header is { Fin: true, Compressed: true });
        Assert.Equal(frame.Length, header.Size + header.PayloadLength);
        if (size == 0)
            return frame;

        byte[] payload = frame[header.Size..];
        if (writer == WebSocketRole.Client)
            Masking.Apply(payload, header.Mask);
        var output = new ArrayBufferWriter<byte>();
        byte[][] pieces = [.. payload.Chunk(size)];
        for (int i = 0; i < pieces.Length; i++)
        {
            Span<byte> target = output.GetSpan(FrameWriter.MaxHeaderSize + pieces[i].Length);
            Opcode opcode = i == 0 ? header.Opcode : Opcode.Continuation;
            uint? mask = writer == WebSocketRole.Client ? (uint)i : null;
            output.Advance(FrameWriter.Write(target, opcode, pieces[i], fin: i == pieces.Length - 1, compressed: i == 0, mask: mask));
        }
        return output.WrittenSpan.ToArray();
    }

    private static async Task<byte[]> ReceiveAsync(WebSocket peer, WebSocketMessageType type)
    {
        var received = new ArrayBufferWriter<byte>();
        ValueWebSocketReceiveResult result;
        do
        {
            result = await peer.ReceiveAsync(received.GetMemory(16 * 1024), CancellationToken.None);
            received.Advance(result.Count);
        }
        while (!result.EndOfMessage);
        Assert.Equal(type, result.MessageType);
        return received.WrittenSpan.ToArray();
    }

    private static WebSocket Peer(Stream stream, DeflateParameters agreed, bool isServer) => WebSocket.CreateFromStream(stream, new()
    {
        IsServer = isServer,
        KeepAliveInterval = Timeout.InfiniteTimeSpan,
        DangerousDeflateOptions = new WebSocketDeflateOptions
        {
            ServerContextTakeover = !agreed.ServerNoContextTakeover,
            ClientContextTakeover = !agreed.ClientNoContextTakeover,
            ServerMaxWindowBits = agreed.ServerMaxWindowBits,
            ClientMaxWindowBits = agreed.ClientMaxWindowBits,
        },
    });
}
