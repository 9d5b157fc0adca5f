using System.Text.Json;
using Kodama.Clients.Tests.Processes;
using Kodama.WebSockets;

namespace Kodama.Clients.Tests;

/// <summary>The bounds of inflating refuse nothing that zlib writes, with whatever options, flushed in all ways.</summary>
public class NodeZlibTests
{
    [Fact]
    public async Task Messages_OfZlib_AreRead()
    {
        await using var node = ChildProcess.Start(Tools.Node("node", "ws"), ["zlib.mjs"], Path.Combine(Repository.Clients, "node"));
        for (var count = 0; ; count++)
        {
            var line = JsonSerializer.Deserialize<Line>(await node.ReadLineAsync(), JsonSerializerOptions.Web)!;
            if (line.Event == "end")
            {
                Assert.Equal(500, count);
                return;
            }
            Assert.True(line.Message.AsSpan().SequenceEqual(Read(line)), $"{line.Name}, message {count} of {line.Message.Length} bytes");
        }
    }

    private static byte[] Read(Line line)
    {
        var frame = new byte[FrameWriter.MaxHeaderSize + line.Payload.Length];
        Memory<byte> input = frame.AsMemory(0, FrameWriter.Write(frame, Opcode.Binary, line.Payload, compressed: true, mask: 1));
        var agreed = new DeflateParameters(true, true, ClientMaxWindowBits: line.WindowBits);
        using var reader = new MessageReader(WebSocketRole.Server, MessageReaderOptions.Default, agreed);
        ReadEvent read;
        do
        {
            read = reader.Read(input, out var consumed);
            input = input[consumed..];
        }
        while (read == ReadEvent.Pause);
        Assert.True(read == ReadEvent.Message, $"{line.Name}: {read} {reader.CloseReason}");
        return reader.Payload.ToArray();
    }

    private sealed record Line(string Event, string Name, int WindowBits, byte[] Message, byte[] Payload);
}
