using System.Collections.Concurrent;
using System.Globalization;

namespace Kodama.SocketIO;

/// <summary>What the program keeps with a socket, as texts for another process: texts, numbers, booleans and nulls.</summary>
internal static class PlainData
{
    /// <summary>Whether it is all such: the rest another process would have to guess at.</summary>
    public static bool Is(IDictionary<string, object?>? data) => data?.Values.All(Is) != false;

    /// <summary>What of it is such.</summary>
    public static Dictionary<string, string?> Write(IDictionary<string, object?>? data) =>
        data?.Where(static one => Is(one.Value)).ToDictionary(static one => one.Key, static one => ToText(one.Value)) ?? [];

    public static ConcurrentDictionary<string, object?> Read(IEnumerable<KeyValuePair<string, string?>> texts) =>
        new(texts.Select(static one => KeyValuePair.Create(one.Key, FromText(one.Value))), StringComparer.Ordinal);

    private static bool Is(object? value) => value is null or string or bool or int or long or double;

    // The first letter says what it is: an int is not a long when it is back.
    private static string? ToText(object? value) => value switch
    {
        null => null,
        string text => "s" + text,
        bool isTrue => isTrue ? "b1" : "b0",
        int or long => string.Create(CultureInfo.InvariantCulture, $"{(value is int ? 'i' : 'l')}{value}"),
        _ => string.Create(CultureInfo.InvariantCulture, $"d{value:R}"),
    };

    private static object? FromText(string? text) => text?[0] switch
    {
        null => null,
        's' => text[1..],
        'b' => text == "b1",
        'i' => int.Parse(text.AsSpan(1), CultureInfo.InvariantCulture),
        'l' => long.Parse(text.AsSpan(1), CultureInfo.InvariantCulture),
        _ => double.Parse(text.AsSpan(1), CultureInfo.InvariantCulture),
    };
}
