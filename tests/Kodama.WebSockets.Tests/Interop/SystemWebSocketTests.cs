using System.Buffers;
using System.Net.WebSockets;
using FsCheck;
using FsCheck.Fluent;
using Kodama.Testing;

namespace Kodama.WebSockets.Tests;

/// <summary>The codec at one end and System.Net.WebSockets at the other, in both roles and both directions.</summary>
public class SystemWebSocketTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);
    private static readonly Config Runs = Config.QuickThrowOnFailure.WithMaxTest(300).WithEndSize(12);

    [Fact]
    public void Read_WhatThePlatformSends_IsWhatWasSaid() =>
        Prop.ForAll(Conversation.Any, c => Completes(PlatformSpeaksAsync(c))).Check(Runs);

    [Fact]
    public void Write_ToThePlatform_IsReadAsWhatWasSaid() =>
        Prop.ForAll(Conversation.Any, c => Completes(CodecSpeaksAsync(c))).Check(Runs);

    private static void Completes(Task task) => task.WaitAsync(Deadline).GetAwaiter().GetResult();

    private static async Task PlatformSpeaksAsync(Conversation conversation)
    {
        await using var duplex = new InMemoryDuplex(8 * 1024);
        using WebSocket platform = Platform(conversation, duplex.Client);
        using var reader = new MessageReader(conversation.Codec, MessageReaderOptions.Default, Parameters(conversation));

        Task<List<Seen>> reading = ReadAsync(reader, duplex.Server, new Random(conversation.Seed));
        var random = new Random(conversation.Seed);
        foreach (Said said in conversation.Messages)
        {
            ReadOnlyMemory<byte>[] pieces = [.. Said.Cut(said.Payload(), said.Fragments, random)];
            for (int i = 0; i < pieces.Length; i++)
            {
                WebSocketMessageFlags flags = (i == pieces.Length - 1 ? WebSocketMessageFlags.EndOfMessage : 0)
                    | (said.Compressed ? 0 : WebSocketMessageFlags.DisableCompression);
                await platform.SendAsync(pieces[i], Type(said), flags, CancellationToken.None);
            }
        }
        await platform.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, "やまびこ", CancellationToken.None);

        Assert.Equal([.. conversation.Messages.Select(m => m.Seen()), Seen.Close(CloseCodes.Normal, "やまびこ")], await reading);
    }

    private static async Task CodecSpeaksAsync(Conversation conversation)
    {
        await using var duplex = new InMemoryDuplex(8 * 1024);
        using WebSocket platform = Platform(conversation, duplex.Client);
        Task writing = WriteAsync(conversation, duplex.Server);
        var random = new Random(conversation.Seed);
        foreach (Said said in conversation.Messages)
        {
            var received = new ArrayBufferWriter<byte>();
            ValueWebSocketReceiveResult result;
            do
            {
                result = await platform.ReceiveAsync(received.GetMemory(random.Next(1, 10_000)), CancellationToken.None);
                received.Advance(result.Count);
            }
            while (!result.EndOfMessage);
            Assert.Equal(Type(said), result.MessageType);
            Assert.True(received.WrittenSpan.SequenceEqual(said.Payload()), $"{said} differs");
        }
        await writing;
        ValueWebSocketReceiveResult close = await platform.ReceiveAsync(new byte[10].AsMemory(), CancellationToken.None);
        Assert.Equal(WebSocketMessageType.Close, close.MessageType);
        Assert.Equal(4321, (int?)platform.CloseStatus);
        Assert.Equal("こだま", platform.CloseStatusDescription);
    }

    private static async Task<List<Seen>> ReadAsync(MessageReader reader, Stream stream, Random random)
    {
        List<Seen> seen = [];
        byte[] buffer = new byte[16 * 1024];
        while (true)
        {
            int count = await stream.ReadAsync(buffer.AsMemory(0, random.Next(1, 1 << random.Next(1, 15))), CancellationToken.None);
            Assert.NotEqual(0, count);
            Memory<byte> input = buffer.AsMemory(0, count);
            while (true)
            {
                ReadEvent answered = reader.Read(input, out int consumed);
                input = input[consumed..];
                if (answered == ReadEvent.NeedMore)
                    break;
                if (answered == ReadEvent.Pause)
                    continue;
                seen.Add(Seen.In(reader, answered));
                if (answered is ReadEvent.Close or ReadEvent.Error)
                    return seen;
            }
        }
    }

    /// <summary>Writes all frames, pings between fragments included, in pieces that end anywhere.</summary>
    private static async Task WriteAsync(Conversation conversation, Stream stream)
    {
        var random = new Random(conversation.Seed);
        var output = new ArrayBufferWriter<byte>();
        foreach (Said said in conversation.Messages)
        {
            byte[] payload = said.Payload();
            bool compressed = said.Compressed && conversation.Deflate != Deflate.None;
            if (compressed)
            {
                var smaller = new ArrayBufferWriter<byte>();
                Deflater.Deflate(payload, smaller, windowBits: Parameters(conversation)!.WindowBits(conversation.Codec));
                payload = smaller.WrittenSpan.ToArray();
            }
            ReadOnlyMemory<byte>[] pieces = [.. Said.Cut(payload, said.Fragments, random)];
            for (int i = 0; i < pieces.Length; i++)
            {
                Opcode opcode = i > 0 ? Opcode.Continuation : said.Type == MessageType.Text ? Opcode.Text : Opcode.Binary;
                Write(opcode, pieces[i], i == pieces.Length - 1, compressed && i == 0);
                if (random.Next(3) == 0)
                    Write(random.Next(2) == 0 ? Opcode.Ping : Opcode.Pong, new byte[random.Next(126)], fin: true, compressed: false);
            }
        }
        output.Advance(FrameWriter.WriteClose(output.GetSpan(200), 4321, "こだま", Mask()));

        for (int sent = 0; sent < output.WrittenCount;)
        {
            int count = Math.Min(output.WrittenCount - sent, random.Next(1, 1 << random.Next(1, 15)));
            await stream.WriteAsync(output.WrittenMemory.Slice(sent, count), CancellationToken.None);
            sent += count;
        }

        void Write(Opcode opcode, ReadOnlyMemory<byte> payload, bool fin, bool compressed)
        {
            Span<byte> frame = output.GetSpan(FrameWriter.MaxHeaderSize + payload.Length);
            output.Advance(FrameWriter.Write(frame, opcode, payload.Span, fin, compressed, Mask()));
        }

        uint? Mask() => conversation.Codec == WebSocketRole.Client ? (uint)random.Next() : null;
    }

    /// <summary>The platform's end, the other of <see cref="Conversation.Reader"/>, with what was negotiated.</summary>
    private static WebSocket Platform(Conversation conversation, Stream stream)
    {
        DeflateParameters? parameters = Parameters(conversation);
        return WebSocket.CreateFromStream(stream, new WebSocketCreationOptions
        {
            IsServer = conversation.Codec == WebSocketRole.Client,
            KeepAliveInterval = Timeout.InfiniteTimeSpan,
            DangerousDeflateOptions = parameters is null ? null : new WebSocketDeflateOptions
            {
                ServerContextTakeover = !parameters.ServerNoContextTakeover,
                ClientContextTakeover = !parameters.ClientNoContextTakeover,
                ServerMaxWindowBits = parameters.ServerMaxWindowBits,
                ClientMaxWindowBits = parameters.ClientMaxWindowBits,
            },
        });
    }

    private static DeflateParameters? Parameters(Conversation conversation) => conversation.Deflate switch
    {
        Deflate.None => null,
        Deflate.NoTakeover => new DeflateParameters(true, true),
        Deflate.Takeover => new DeflateParameters(false, false),
        _ => new DeflateParameters(false, false, ServerMaxWindowBits: 9, ClientMaxWindowBits: 9),
    };

    private static WebSocketMessageType Type(Said said) =>
        said.Type == MessageType.Text ? WebSocketMessageType.Text : WebSocketMessageType.Binary;
}
