using System.Globalization;

namespace Kodama.Cli;

/// <summary>A number of bytes as people write it: <c>65536</c>, <c>64k</c>, <c>1m</c>; k is 1,024 and m 1,048,576.</summary>
internal static class ByteSize
{
    public static bool TryParse(string text, out int bytes)
    {
        bytes = 0;
        var number = text.AsSpan().TrimEnd("bB").TrimEnd("kKmM");
        var unit = text.AsSpan(number.Length);
        var scale = unit switch
        {
            "" => 1,
            ['k' or 'K'] or ['k' or 'K', 'b' or 'B'] => 1024,
            ['m' or 'M'] or ['m' or 'M', 'b' or 'B'] => 1024 * 1024,
            _ => 0,
        };
        if (scale == 0 || !int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var count)
            || count > int.MaxValue / scale)
        {
            return false;
        }
        bytes = count * scale;
        return true;
    }
}
