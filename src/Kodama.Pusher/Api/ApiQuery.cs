using System.Buffers;
using Microsoft.AspNetCore.WebUtilities;

namespace Kodama.Pusher;

/// <summary>A request's query as it is signed: names in lower case and sorted, values as they are meant.</summary>
internal readonly struct ApiQuery
{
    /// <summary>More than any SDK sends.</summary>
    public const int MaxPairs = 64;

    private static readonly SearchValues<char> Lower = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789_-");

    private readonly List<(ReadOnlyMemory<char> Name, ReadOnlyMemory<char> Value)> pairs;

    private ApiQuery(List<(ReadOnlyMemory<char> Name, ReadOnlyMemory<char> Value)> pairs) => this.pairs = pairs;

    public static ApiQuery Read(string? query)
    {
        var pairs = new List<(ReadOnlyMemory<char> Name, ReadOnlyMemory<char> Value)>(8);
        foreach (var pair in new QueryStringEnumerable(query))
        {
            var name = pair.EncodedName.Span.IndexOfAny('%', '+') < 0 ? pair.EncodedName : pair.DecodeName();
            var value = pair.EncodedValue.Span.IndexOfAny('%', '+') < 0 ? pair.EncodedValue : pair.DecodeValue();
            pairs.Add((ToLower(name), value));
        }
        // Few, and of most SDKs in order already: those of one name stay as they came.
        for (var i = 1; i < pairs.Count; i++)
        {
            for (var at = i; at > 0 && pairs[at - 1].Name.Span.SequenceCompareTo(pairs[at].Name.Span) > 0; at--)
                (pairs[at - 1], pairs[at]) = (pairs[at], pairs[at - 1]);
        }
        return new ApiQuery(pairs);
    }

    /// <summary>The value of a name, if that is there once.</summary>
    public bool TryFind(string name, out ReadOnlySpan<char> value)
    {
        var times = 0;
        value = default;
        foreach (var (other, its) in pairs)
        {
            if (!other.Span.SequenceEqual(name)) continue;
            times++;
            value = its.Span;
        }
        return times == 1;
    }

    /// <summary>Writes what a request of this method and path is signed by, without the signature itself; of names that are there more
    /// than once the values behind a comma.</summary>
    public void WriteSigned(JsonBuffer text, string method, string path, string signature)
    {
        text.Raw(method).Raw("\n"u8).Raw(path).Raw("\n"u8);
        var separator = ""u8;
        ReadOnlySpan<char> before = default;
        foreach (var (name, value) in pairs)
        {
            if (name.Span.SequenceEqual(signature)) continue;
            if (!separator.IsEmpty && name.Span.SequenceEqual(before))
            {
                text.Raw(","u8).Raw(value.Span);
                continue;
            }
            text.Raw(separator).Raw(name.Span).Raw("="u8).Raw(value.Span);
            separator = "&"u8;
            before = name.Span;
        }
    }

    private static ReadOnlyMemory<char> ToLower(ReadOnlyMemory<char> name) =>
        name.Span.ContainsAnyExcept(Lower) ? name.ToString().ToLowerInvariant().AsMemory() : name;
}
