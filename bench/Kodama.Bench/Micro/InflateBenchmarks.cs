using System.Buffers;
using System.Net.WebSockets;
using BenchmarkDotNet.Attributes;
using Kodama.WebSockets;

namespace Kodama.Bench.Micro;

/// <summary>A server reads a compressed message (permessage-deflate without context takeover) and inflates it.</summary>
[MemoryDiagnoser]
public class InflateBenchmarks
{
    private byte[] _wire = [];
    private byte[] _received = [];
    private byte[] _message = [];
    private MessageReader? _reader;
    private WebSocket? _socket;

    [Params(1024, 16384)]
    public int Size { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        var compressed = new ArrayBufferWriter<byte>();
        Deflater.Deflate(Wire.Json(Size), compressed);
        _wire = Wire.Frames(1, Opcode.Text, compressed.WrittenSpan.ToArray(), compressed: true);
        _received = new byte[_wire.Length];
        _message = new byte[Size];
        _reader = new MessageReader(WebSocketRole.Server, MessageReaderOptions.Default, new DeflateParameters(true, true));
        _socket = WebSocket.CreateFromStream(new ReplayStream(_wire), new WebSocketCreationOptions
        {
            IsServer = true,
            DangerousDeflateOptions = new WebSocketDeflateOptions { ClientContextTakeover = false, ServerContextTakeover = false },
        });
    }

    [GlobalCleanup]
    public void Cleanup()
    {
        _reader?.Dispose();
        _socket?.Dispose();
    }

    [Benchmark(Baseline = true, Description = "System.Net.WebSockets")]
    public async Task<int> SystemNet()
    {
        var length = 0;
        ValueWebSocketReceiveResult result;
        do
        {
            result = await _socket!.ReceiveAsync(_message.AsMemory(length), CancellationToken.None);
            length += result.Count;
        }
        while (!result.EndOfMessage);
        return length == Size ? length : throw new InvalidOperationException($"Read {length} bytes.");
    }

    [Benchmark]
    public int Kodama()
    {
        _wire.CopyTo(_received, 0);
        _reader!.Read(_received, out _);
        return _reader.Payload.Length == Size
            ? Size
            : throw new InvalidOperationException($"Read {_reader.Payload.Length} bytes: {_reader.CloseReason}");
    }
}
