using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Kodama;

/// <summary>A place in a room's stream: behind the entry with this offset. Written <c>EPOCH:OFFSET</c>.</summary>
/// <param name="Epoch">The life of the log in which the offset counts: 1 to 32 characters of base64url.</param>
/// <param name="Offset">From 1 without gaps; 0 is before the first entry.</param>
public readonly record struct Position(string Epoch, long Offset)
{
    private const int MaxEpoch = 32;

    /// <summary>Reads the written form; leading zeros and blanks of the offset do not count.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out Position position)
    {
        position = default;
        if (text?.IndexOf(':') is not (> 0 and <= MaxEpoch and var colon)) return false;
        var epoch = text[..colon];
        if (!epoch.All(static c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_')) return false;
        if (!long.TryParse(text.AsSpan(colon + 1).TrimStart(), NumberStyles.None, CultureInfo.InvariantCulture, out var offset))
            return false;
        position = new Position(epoch, offset);
        return true;
    }

    /// <summary>The written form.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Epoch}:{Offset}");
}
