using System.Buffers;

namespace Kodama.SocketIO.Tests;

public class PollingBodyTests
{
    private static readonly Payload Mixed = Payload.Arguments(
        "[\"€\",{\"_placeholder\":true,\"num\":0}]"u8.ToArray(), [new byte[] { 1, 2 }]);

    [Theory]
    [InlineData(EngineFormat.WebSocket, EngineFormat.Polling)]
    [InlineData(EngineFormat.WebSocketV3, EngineFormat.PollingV3)]
    [InlineData(EngineFormat.WebSocketV3, EngineFormat.PollingV3Binary)]
    internal void Write_WebSocketFrames_IsWhatEncodingForPollingGives(EngineFormat from, EngineFormat to)
    {
        Payload[] payloads = ["", "hello", new string('x', 118), new string('x', 65_536), Payload.Of(new byte[200]), Mixed];
        var output = new ArrayBufferWriter<byte>();
        PollingBody.Write(Encode(from, payloads), to, output);
        Assert.Equal(Encode(to, payloads), output.WrittenSpan.ToArray());
    }

    [Fact]
    public void HasBinary_Frames_IsWhetherOneIs()
    {
        Assert.False(PollingBody.HasBinary(default));
        Assert.False(PollingBody.HasBinary(Encode(EngineFormat.WebSocketV3, ["a", new string('b', 200)])));
        Assert.True(PollingBody.HasBinary(Encode(EngineFormat.WebSocketV3, ["a", Mixed, "b"])));
    }

    private static byte[] Encode(EngineFormat format, Payload[] payloads)
    {
        var bytes = new List<byte>();
        Append(PacketFrame.Encode(EnginePacketType.Ping, format));
        foreach (var payload in payloads) Append(PacketFrame.Encode(OutgoingPacket.ForEvent("/a"u8.ToArray(), "message", payload), format));
        return [.. bytes];

        void Append(Frame frame)
        {
            bytes.AddRange(frame.Span);
            frame.Release();
        }
    }
}
