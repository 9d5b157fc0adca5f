using Kodama.WebSockets;

namespace Kodama.SocketIO.Tests;

public class PacketFrameTests
{
    private static readonly byte[] Main = "/"u8.ToArray();
    private static readonly Payload Mixed = Payload.Arguments(
        "[\"€\",{\"_placeholder\":true,\"num\":0}]"u8.ToArray(), [new byte[] { 1, 2 }]);

    [Theory]
    [InlineData(PacketFormat.Json, "Binary 0102")]
    [InlineData(PacketFormat.JsonV3, "Binary 040102")]
    internal void Encode_ForWebSocket_IsAFrameForEachPart(PacketFormat format, string attachment)
    {
        var messages = Messages(Encode(OutgoingPacket.ForEvent(Main, "m", Mixed), format));
        Assert.Equal(["Text 451-[\"m\",\"€\",{\"_placeholder\":true,\"num\":0}]", attachment], messages);
    }

    [Theory]
    [InlineData(200)]
    [InlineData(70_000)]
    public void Encode_Deflated_IsTheSameMessage(int length)
    {
        var text = new string('x', length);
        var deflate = new PerMessageDeflateOptions { Threshold = 100 };
        var encoded = Encode(OutgoingPacket.ForEvent(Main, "message", text), PacketFormat.Json, deflate);
        Assert.True(encoded.Length < length / 2, $"{encoded.Length} bytes");
        Assert.Equal([$"Text 42[\"message\",\"{text}\"]"], Messages(encoded, new DeflateParameters(true, true)));
    }

    [Theory]
    [InlineData(200)]
    [InlineData(70_000)]
    public void Encode_MessagePack_IsOneBinaryMessage_DeflatedWhereAsked(int length)
    {
        var payload = Payload.Arguments(
            Bytes.Of($"[\"{new string('x', length)}\",{{\"_placeholder\":true,\"num\":0}}]"), [new byte[] { 1, 2 }]);
        var packet = OutgoingPacket.ForEvent(Main, "m", payload);

        var plain = Messages(Encode(packet, PacketFormat.MessagePack));
        var encoded = Encode(packet, PacketFormat.MessagePack, new PerMessageDeflateOptions { Threshold = 100 });

        Assert.Equal(
            $$"""{"type":2,"nsp":"/","data":["m","{{new string('x', length)}}","0x0102"]}""",
            NotePack.Text(plain.Single()["Binary ".Length..]));
        Assert.True(encoded.Length < length / 2, $"{encoded.Length} bytes");
        Assert.Equal(plain, Messages(encoded, new DeflateParameters(true, true)));
    }

    [Fact]
    public void Encode_Noise_IsNotDeflated()
    {
        var noise = Convert.ToBase64String(Enumerable.Range(0, 300).Select(i => (byte)(i * i * 31 >> 3)).ToArray());
        var encoded = Encode(
            OutgoingPacket.ForEvent(Main, "message", noise), PacketFormat.Json, new PerMessageDeflateOptions { Threshold = 1 });
        Assert.Equal([$"Text 42[\"message\",\"{noise}\"]"], Messages(encoded, new DeflateParameters(true, true)));
    }

    [Theory]
    [InlineData("message", "Text 42/chat,[\"message\",\"hello\"]")]
    [InlineData("move", "Text 42/chat,[\"move\",\"hello\"]")]
    [InlineData("disconnect", "Text 6")]
    public async Task Encoder_MessageOfTheHub_IsAnEvent(string eventName, string expected)
    {
        var hub = new Hub();
        var encoder = new EventEncoder("/chat"u8.ToArray(), PacketFormat.Json);
        var admission = await hub.AdmitAsync(new PeerDescription { Door = "socket.io", Encoder = encoder }, new SilentLink());
        Assert.True(admission.Peer!.Send(eventName, "hello"));
        Assert.Equal([expected], Messages(admission.Peer.Outbox.Peek().ToArray()));
        hub.Remove(admission.Peer, CloseReason.Lost);
    }

    private sealed class SilentLink : IPeerLink
    {
        public void Flush()
        {
        }

        public void Close(CloseReason reason)
        {
        }
    }

    private static byte[] Encode(in OutgoingPacket packet, PacketFormat format, PerMessageDeflateOptions? deflate = null)
    {
        var frame = PacketFrame.Encode(packet, format, deflate);
        var bytes = frame.Span.ToArray();
        frame.Release();
        return bytes;
    }

    private static List<string> Messages(byte[] frames, DeflateParameters? deflate = null)
    {
        using var reader = new MessageReader(WebSocketRole.Client, MessageReaderOptions.Default, deflate);
        var messages = new List<string>();
        Memory<byte> input = frames;
        while (true)
        {
            var read = reader.Read(input, out var consumed);
            input = input[consumed..];
            if (read == ReadEvent.Pause) continue;
            if (read != ReadEvent.Message) return messages;
            var text = reader.MessageType == MessageType.Text ? Bytes.Text(reader.Payload) : Convert.ToHexString(reader.Payload.Span);
            messages.Add($"{reader.MessageType} {text}");
        }
    }
}
