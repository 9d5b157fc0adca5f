using System.Globalization;
using System.Text;
using Kodama.WebSockets;

namespace Kodama.Bench.Micro;

/// <summary>What a client puts on the wire.</summary>
internal static class Wire
{
    private const uint Mask = 0x78563412;

    /// <summary>As many bytes of ASCII as asked for, or of Japanese text up to a character less.</summary>
    public static byte[] Text(int length, bool japanese = false)
    {
        var unit = Encoding.UTF8.GetBytes(japanese ? "木霊、森のこだま。" : "Kodama, the echo of the forest. ");
        var character = japanese ? 3 : 1;
        return [.. Enumerable.Range(0, length / character * character).Select(i => unit[i % unit.Length])];
    }

    /// <summary>What compresses as messages of applications do: the same names, other values.</summary>
    public static byte[] Json(int length)
    {
        var random = new Random(1);
        var text = new StringBuilder("[");
        while (text.Length < length)
            text.Append(
                CultureInfo.InvariantCulture,
                $"{{\"id\":{random.Next(100_000)},\"x\":{random.NextDouble():0.000},\"y\":{random.NextDouble():0.000}}},");
        return Encoding.UTF8.GetBytes(text.ToString(0, length));
    }

    /// <summary>The same masked frame so many times.</summary>
    public static byte[] Frames(int count, Opcode opcode, byte[] payload, bool compressed = false)
    {
        var frame = new byte[FrameWriter.HeaderSize(payload.Length, masked: true) + payload.Length];
        FrameWriter.Write(frame, opcode, payload, compressed: compressed, mask: Mask);
        return [.. Enumerable.Repeat(frame, count).SelectMany(f => f)];
    }
}
