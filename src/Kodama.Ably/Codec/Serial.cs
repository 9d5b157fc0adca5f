using System.Globalization;
using System.Text;

namespace Kodama.Ably;

/// <summary>
/// Where in a channel something stands: a room's position, so written that texts sort as the positions do (docs/specs/ably.md, C8).
/// <code>TIME-OFFSET@EPOCH      01764460800123-000000000042@k3J8x0aQ91Zc</code>
/// </summary>
internal static class Serial
{
    /// <summary>Characters up to the epoch's first.</summary>
    private const int Fixed = 14 + 1 + 12 + 1;

    /// <summary>Bytes of one in an epoch of usual length.</summary>
    public static int Width(string epoch) => Fixed + epoch.Length;

    public static string Of(string epoch, long offset, DateTimeOffset time)
    {
        Span<byte> text = stackalloc byte[Fixed + 32];
        text = text[..Width(epoch)];
        Write(text, epoch, offset, time);
        return Encoding.ASCII.GetString(text);
    }

    public static string Of(in Position position, DateTimeOffset time) => Of(position.Epoch, position.Offset, time);

    public static void Write(Span<byte> text, string epoch, long offset, DateTimeOffset time)
    {
        Encoding.ASCII.GetBytes(epoch, text[Fixed..]);
        Fill(text, offset, time);
    }

    /// <summary>Writes time and offset before an epoch that stands there.</summary>
    public static void Fill(Span<byte> text, long offset, DateTimeOffset time)
    {
        time.ToUnixTimeMilliseconds().TryFormat(text[..14], out _, "D14", CultureInfo.InvariantCulture);
        text[14] = (byte)'-';
        offset.TryFormat(text.Slice(15, 12), out _, "D12", CultureInfo.InvariantCulture);
        text[27] = (byte)'@';
    }

    /// <summary>The position; false for what is no serial.</summary>
    public static bool TryParse(string? text, out Position position)
    {
        position = default;
        return text is { Length: > Fixed and <= Fixed + 32 } && text[14] == '-' && text[27] == '@'
            && Position.TryParse($"{text[Fixed..]}:{text[15..27]}", out position);
    }

    /// <summary>The time in one that was parsed.</summary>
    public static DateTimeOffset TimeOf(string serial) =>
        long.TryParse(serial.AsSpan(0, 14), NumberStyles.None, CultureInfo.InvariantCulture, out var time) && time < 253_402_300_800_000
            ? DateTimeOffset.FromUnixTimeMilliseconds(time)
            : default;
}
