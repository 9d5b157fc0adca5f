using System.Text;
using System.Text.Json;

namespace Kodama.Ably;

/// <summary>A value of a document; the default is none.</summary>
internal readonly struct WireElement(WireDocument document, int index)
{
    public WireKind Kind => document is null ? WireKind.None : document[index].Kind;

    public bool IsNone => Kind == WireKind.None;

    public bool IsText => Kind is WireKind.Text or WireKind.EscapedText;

    public bool IsMap => Kind == WireKind.Map;

    /// <summary>Its bytes, where it is a text without escapes, or bytes; of arrays and maps of JSON all of it. Borrowed.</summary>
    public ReadOnlyMemory<byte> Raw => document.Source.Slice(document[index].Start, document[index].Length);

    public WireFormat Format => document.Format;

    /// <summary>A member of a map; none, where there is no such. Of repeated names the last counts.</summary>
    public WireElement this[ReadOnlySpan<byte> name]
    {
        get
        {
            if (!IsMap) return default;
            var found = default(WireElement);
            for (var at = index + 1; at < document[index].Next; at = document[at + 1].Next)
            {
                ref readonly var node = ref document[at];
                if (document.Source.Span.Slice(node.Start, node.Length).SequenceEqual(name)) found = new(document, at + 1);
            }
            return found;
        }
    }

    /// <summary>The text; null for anything else.</summary>
    public string? Text => Kind switch
    {
        WireKind.Text => Encoding.UTF8.GetString(Raw.Span),
        WireKind.EscapedText => Encoding.UTF8.GetString(Utf8.Span),
        _ => null,
    };

    /// <summary>The text's bytes, or the bytes; empty for anything else. Borrowed, unless the text has escapes.</summary>
    public ReadOnlyMemory<byte> Utf8
    {
        get
        {
            if (Kind is WireKind.Text or WireKind.Bytes) return Raw;
            if (Kind != WireKind.EscapedText) return default;
            // With the quotation marks around it.
            var reader = new Utf8JsonReader(document.Source.Span.Slice(document[index].Start - 1, document[index].Length + 2));
            reader.Read();
            var unescaped = new byte[document[index].Length];
            return unescaped.AsMemory(0, reader.CopyString(unescaped));
        }
    }

    /// <summary>The number, if it is a whole one.</summary>
    public long? Integer => Kind switch
    {
        WireKind.Integer => document[index].Number,
        WireKind.Float when Float is var real && Math.Truncate(real) == real && Math.Abs(real) < 1L << 53 => (long)real,
        _ => null,
    };

    public double Float => Kind == WireKind.Integer ? document[index].Number : BitConverter.Int64BitsToDouble(document[index].Number);

    /// <summary>How many elements an array has, or pairs a map.</summary>
    public int Count
    {
        get
        {
            var count = 0;
            foreach (var _ in Elements) count++;
            return count;
        }
    }

    /// <summary>Of an array; none of anything else.</summary>
    public IEnumerable<WireElement> Elements
    {
        get
        {
            if (Kind != WireKind.Array) yield break;
            for (var at = index + 1; at < document[index].Next; at = document[at].Next) yield return new(document, at);
        }
    }

    /// <summary>Of a map; none of anything else.</summary>
    public IEnumerable<(string Name, WireElement Value)> Members
    {
        get
        {
            if (Kind != WireKind.Map) yield break;
            for (var at = index + 1; at < document[index].Next; at = document[at + 1].Next)
                yield return (new WireElement(document, at).Text!, new(document, at + 1));
        }
    }
}
