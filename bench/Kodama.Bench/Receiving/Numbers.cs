using System.Buffers.Text;
using System.Text;

namespace Kodama.Bench.Receiving;

/// <summary>The messages: 64 bytes of text that begin with a number.</summary>
internal static class Numbers
{
    private const int Size = 64;

    public static byte[] Write(long number) => Encoding.ASCII.GetBytes($"{number} ".PadRight(Size, 'x'));

    public static long Read(ReadOnlySpan<byte> text) => Utf8Parser.TryParse(text, out long number, out _) ? number : -1;
}
