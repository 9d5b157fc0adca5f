using System.Text;
using Microsoft.AspNetCore.WebUtilities;

namespace Kodama.Pusher;

/// <summary>A request's query as it is signed: names in lower case and sorted, values as they are meant.</summary>
internal readonly struct ApiQuery
{
    /// <summary>More than any SDK sends.</summary>
    public const int MaxPairs = 64;

    private readonly List<(string Name, string Value)> pairs;

    private ApiQuery(List<(string Name, string Value)> pairs) => this.pairs = pairs;

    public static ApiQuery Read(string? query)
    {
        var pairs = new List<(string Name, string Value)>(8);
        foreach (var pair in new QueryStringEnumerable(query))
        {
            var name = pair.EncodedName.Span.IndexOfAny('%', '+') < 0 ? pair.EncodedName : pair.DecodeName();
            var value = pair.EncodedValue.Span.IndexOfAny('%', '+') < 0 ? pair.EncodedValue : pair.DecodeValue();
            pairs.Add((name.ToString().ToLowerInvariant(), value.ToString()));
        }
        // Few, and of most SDKs in order already: those of one name stay as they came.
        for (var i = 1; i < pairs.Count; i++)
        {
            for (var at = i; at > 0 && string.CompareOrdinal(pairs[at - 1].Name, pairs[at].Name) > 0; at--)
                (pairs[at - 1], pairs[at]) = (pairs[at], pairs[at - 1]);
        }
        return new ApiQuery(pairs);
    }

    /// <summary>The value of a name that is there once; null else.</summary>
    public string? Find(string name)
    {
        string? found = null;
        foreach (var (other, value) in pairs)
        {
            if (other != name) continue;
            if (found is not null) return null;
            found = value;
        }
        return found;
    }

    /// <summary>What a request of this method and path is signed by, without the signature itself; of names that are there more than once
    /// the values behind a comma.</summary>
    public string ToSign(string method, string path, string signature)
    {
        var text = new StringBuilder(256).Append(method).Append('\n').Append(path).Append('\n');
        var isFirst = true;
        string? before = null;
        foreach (var (name, value) in pairs)
        {
            if (name == signature) continue;
            if (name == before)
            {
                text.Append(',').Append(value);
                continue;
            }
            if (!isFirst) text.Append('&');
            text.Append(name).Append('=').Append(value);
            (isFirst, before) = (false, name);
        }
        return text.ToString();
    }
}
