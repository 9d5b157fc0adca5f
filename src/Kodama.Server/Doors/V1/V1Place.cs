using System.Text.Json;

namespace Kodama.Server;

/// <summary>
/// Where in a frame's JSON offset and time stand: first, and as wide as they can become, to be filled in when the room has given them.
/// </summary>
internal static class V1Place
{
    // {"offset":                  42,"time":   1764357725123,
    private const int OffsetAt = 10;
    private const int OffsetWidth = 20;
    private const int TimeAt = OffsetAt + OffsetWidth + 8;
    private const int TimeWidth = 16;

    /// <summary>Writes them as the first members of an object that was just opened; without a time, where there is none to tell.</summary>
    public static void WriteFirst(Utf8JsonWriter writer, long offset, DateTimeOffset? time)
    {
        Span<byte> digits = stackalloc byte[OffsetWidth];
        Write(digits, offset);
        writer.WritePropertyName("offset"u8);
        writer.WriteRawValue(digits, skipInputValidation: true);
        if (time is not { } when) return;
        Write(digits[..TimeWidth], when.ToUnixTimeMilliseconds());
        writer.WritePropertyName("time"u8);
        writer.WriteRawValue(digits[..TimeWidth], skipInputValidation: true);
    }

    /// <summary>Writes over what <see cref="WriteFirst"/> has written.</summary>
    public static void Fill(Span<byte> json, long offset, DateTimeOffset time)
    {
        Write(json.Slice(OffsetAt, OffsetWidth), offset);
        if (json[(OffsetAt + OffsetWidth)..TimeAt].SequenceEqual(",\"time\":"u8))
            Write(json.Slice(TimeAt, TimeWidth), time.ToUnixTimeMilliseconds());
    }

    // To the right, as JSON knows no zeros before a number.
    private static void Write(Span<byte> place, long value)
    {
        var i = place.Length;
        do
        {
            place[--i] = (byte)('0' + (value % 10));
            value /= 10;
        }
        while (value > 0);
        place[..i].Fill((byte)' ');
    }
}
