using System.Net.WebSockets;
using BenchmarkDotNet.Attributes;
using Kodama.WebSockets;

namespace Kodama.Bench.Micro;

/// <summary>A server frames one message, as it does once for all peers of a room; System.Net.WebSockets does it for each of them.</summary>
[MemoryDiagnoser]
public class WritingBenchmarks
{
    private byte[] _message = [];
    private byte[] _frame = [];
    private WebSocket? _socket;

    [Params(64, 1024, 65536)]
    public int Size { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _message = Wire.Text(Size);
        _frame = new byte[Size + FrameWriter.MaxHeaderSize];
        _socket = WebSocket.CreateFromStream(new ReplayStream([]), new WebSocketCreationOptions { IsServer = true });
    }

    [Benchmark(Baseline = true, Description = "System.Net.WebSockets")]
    public ValueTask SystemNet() =>
        _socket!.SendAsync(_message.AsMemory(), WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None);

    [Benchmark]
    public int Kodama() => FrameWriter.Write(_frame, Opcode.Text, _message);
}
