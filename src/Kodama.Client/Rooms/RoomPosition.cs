using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Kodama.Client;

/// <summary>A place in a room's stream: behind the entry with this offset. Written <c>EPOCH:OFFSET</c>.</summary>
/// <param name="Epoch">The life of the room's log; another one counts anew, and nothing is known of how they compare.</param>
/// <param name="Offset">From 1 without gaps; 0 is before the first entry.</param>
public readonly record struct RoomPosition(string Epoch, long Offset)
{
    /// <summary>Reads the written form.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out RoomPosition position)
    {
        position = default;
        if (text?.IndexOf(':') is not (> 0 and var colon)) return false;
        if (!long.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var offset)) return false;
        position = new RoomPosition(text[..colon], offset);
        return true;
    }

    /// <summary>The written form.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Epoch}:{Offset}");
}
