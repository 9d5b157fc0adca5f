using BenchmarkDotNet.Attributes;
using Kodama.WebSockets;

namespace Kodama.Bench.Micro;

/// <summary>Masking one payload in place. System.Net.WebSockets has its own, but nothing public reaches it alone.</summary>
[MemoryDiagnoser]
public class MaskingBenchmarks
{
    private const uint Mask = 0x78563412;
    private byte[] _payload = [];

    [Params(16, 64, 1024, 65536)]
    public int Size { get; set; }

    [GlobalSetup]
    public void Setup() => _payload = Wire.Text(Size);

    [Benchmark(Baseline = true)]
    public void ByteByByte()
    {
        var payload = _payload;
        for (var i = 0; i < payload.Length; i++)
            payload[i] ^= (byte)(Mask >> (8 * (i & 3)));
    }

    [Benchmark]
    public uint Kodama() => Masking.Apply(_payload, Mask);
}
