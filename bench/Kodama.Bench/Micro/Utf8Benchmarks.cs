using System.Text;
using System.Text.Unicode;
using BenchmarkDotNet.Attributes;
using Kodama.WebSockets;

namespace Kodama.Bench.Micro;

/// <summary>Checking a text: at once, as the platform can; by its decoder, which can go on across pieces; and by ours, whole and in
/// pieces.</summary>
[MemoryDiagnoser]
public class Utf8Benchmarks
{
    private const int Piece = 1000;
    private readonly char[] _characters = new char[65536];
    private readonly Decoder _decoder = new UTF8Encoding(false, throwOnInvalidBytes: true).GetDecoder();
    private byte[] _text = [];

    [Params(64, 16384)]
    public int Size { get; set; }

    [Params(false, true)]
    public bool Japanese { get; set; }

    [GlobalSetup]
    public void Setup() => _text = Wire.Text(Size, Japanese);

    [Benchmark(Baseline = true)]
    public bool IsValid() => Utf8.IsValid(_text);

    [Benchmark]
    public int Decoder() => _decoder.GetChars(_text, _characters, flush: true);

    [Benchmark]
    public bool KodamaWhole()
    {
        var validator = default(Utf8Validator);
        return validator.Append(_text) && validator.IsComplete;
    }

    /// <summary>Pieces of 1,000 bytes, which cut characters of three bytes.</summary>
    [Benchmark]
    public bool KodamaInPieces()
    {
        var validator = default(Utf8Validator);
        for (var rest = _text.AsSpan(); !rest.IsEmpty; rest = rest[Math.Min(Piece, rest.Length)..])
        {
            if (!validator.Append(rest[..Math.Min(Piece, rest.Length)]))
                return false;
        }

        return validator.IsComplete;
    }
}
