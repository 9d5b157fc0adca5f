using System.Net.WebSockets;
using BenchmarkDotNet.Attributes;
using Kodama.WebSockets;

namespace Kodama.Bench.Micro;

/// <summary>A server reads text messages out of one full receive buffer: header, unmasking, UTF-8. Per message.</summary>
[MemoryDiagnoser]
public class ReadingBenchmarks
{
    private const int Messages = 64;
    private byte[] _wire = [];
    private byte[] _received = [];
    private byte[] _message = [];
    private MessageReader? _reader;
    private WebSocket? _socket;

    [Params(64, 1024)]
    public int Size { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _wire = Wire.Frames(Messages, Opcode.Text, Wire.Text(Size));
        _received = new byte[_wire.Length];
        _message = new byte[Size];
        _reader = new MessageReader(WebSocketRole.Server, MessageReaderOptions.Default);
        _socket = WebSocket.CreateFromStream(new ReplayStream(_wire), new WebSocketCreationOptions { IsServer = true });
    }

    [GlobalCleanup]
    public void Cleanup()
    {
        _reader?.Dispose();
        _socket?.Dispose();
    }

    [Benchmark(Baseline = true, OperationsPerInvoke = Messages, Description = "System.Net.WebSockets")]
    public async Task<int> SystemNet()
    {
        var length = 0;
        for (var i = 0; i < Messages; i++)
            length += (await _socket!.ReceiveAsync(_message.AsMemory(), CancellationToken.None)).Count;
        return length == Messages * Size ? length : throw new InvalidOperationException($"Read {length} bytes.");
    }

    [Benchmark(OperationsPerInvoke = Messages)]
    public int Kodama()
    {
        // Reading unmasks in place, so each turn begins with a copy, as the other side's does in its stream.
        _wire.CopyTo(_received, 0);
        Memory<byte> input = _received;
        var length = 0;
        while (_reader!.Read(input, out var consumed) == ReadEvent.Message)
        {
            length += _reader.Payload.Length;
            input = input[consumed..];
        }

        return length == Messages * Size ? length : throw new InvalidOperationException($"Read {length} bytes: {_reader.CloseReason}");
    }
}
