using System.Text.Json;
using System.Text.Unicode;

namespace Kodama.Ably;

/// <summary>
/// What a client has sent, in JSON or MessagePack, as one list of values in the order in which they came: neither form is known behind it.
/// Bounded in depth and in values; what is no whole document of whole characters is none.
/// </summary>
internal sealed class WireDocument
{
    /// <summary>Most arrays and maps within each other.</summary>
    public const int MaxDepth = 32;

    // 40 bytes each: a frame of nulls costs no more than a large message.
    private const int MostNodes = 32 * 1024;

    private readonly List<Node> nodes = [];

    private WireDocument(ReadOnlyMemory<byte> source, WireFormat format) => (Source, Format) = (source, format);

    /// <summary>What was sent. Borrowed.</summary>
    public ReadOnlyMemory<byte> Source { get; }

    public WireFormat Format { get; }

    public WireElement Root => new(this, 0);

    /// <summary>Null, where it is no document.</summary>
    public static WireDocument? Read(ReadOnlyMemory<byte> source, WireFormat format)
    {
        var document = new WireDocument(source, format);
        return (format == WireFormat.Json ? document.TryReadJson() : document.TryReadMessagePack()) ? document : null;
    }

    public ref readonly Node this[int index] => ref System.Runtime.InteropServices.CollectionsMarshal.AsSpan(nodes)[index];

    private bool TryReadJson()
    {
        // The reader looks at no text's bytes.
        if (!Utf8.IsValid(Source.Span) || !JsonEscapes.AreWhole(Source.Span)) return false;
        var reader = new Utf8JsonReader(Source.Span, new JsonReaderOptions { MaxDepth = MaxDepth });
        Span<int> open = stackalloc int[MaxDepth + 1];
        var depth = 0;
        try
        {
            while (reader.Read())
            {
                if (nodes.Count == MostNodes) return false;
                var start = (int)reader.TokenStartIndex;
                switch (reader.TokenType)
                {
                    case JsonTokenType.StartObject or JsonTokenType.StartArray:
                        open[depth++] = nodes.Count;
                        var kind = reader.TokenType == JsonTokenType.StartObject ? WireKind.Map : WireKind.Array;
                        nodes.Add(new Node { Kind = kind, Start = start });
                        break;
                    case JsonTokenType.EndObject or JsonTokenType.EndArray:
                        Close(open[--depth], (int)reader.BytesConsumed);
                        break;
                    case JsonTokenType.String or JsonTokenType.PropertyName:
                        nodes.Add(new Node
                        {
                            Kind = reader.ValueIsEscaped ? WireKind.EscapedText : WireKind.Text,
                            Start = start + 1,
                            Length = reader.ValueSpan.Length,
                            Next = nodes.Count + 1,
                        });
                        break;
                    case JsonTokenType.Number when reader.TryGetInt64(out var integer):
                        nodes.Add(new Node { Kind = WireKind.Integer, Number = integer, Next = nodes.Count + 1 });
                        break;
                    case JsonTokenType.Number:
                        var bits = BitConverter.DoubleToInt64Bits(reader.TryGetDouble(out var real) ? real : 0);
                        nodes.Add(new Node { Kind = WireKind.Float, Number = bits, Next = nodes.Count + 1 });
                        break;
                    default:
                        var flag = reader.TokenType switch
                        {
                            JsonTokenType.True => WireKind.True,
                            JsonTokenType.False => WireKind.False,
                            _ => WireKind.None,
                        };
                        nodes.Add(new Node { Kind = flag, Next = nodes.Count + 1 });
                        break;
                }
            }
            return nodes.Count > 0 && depth == 0;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private void Close(int index, int end)
    {
        var node = nodes[index];
        (node.Length, node.Next) = (end - node.Start, nodes.Count);
        nodes[index] = node;
    }

    private bool TryReadMessagePack()
    {
        var scanner = new MessagePackScanner(Source.Span);
        return TryReadValue(ref scanner, depth: 0) && scanner.IsAtEnd;
    }

    private bool TryReadValue(ref MessagePackScanner scanner, int depth)
    {
        if (nodes.Count == MostNodes || !scanner.TryRead(out var value)) return false;
        var index = nodes.Count;
        var kind = value.Kind switch
        {
            MessagePackKind.Flag => value.Number == 0 ? WireKind.False : WireKind.True,
            MessagePackKind.Integer or MessagePackKind.Date => WireKind.Integer,
            MessagePackKind.Unsigned => WireKind.Float,
            MessagePackKind.Float when double.IsFinite(BitConverter.Int64BitsToDouble(value.Number)) => WireKind.Float,
            MessagePackKind.Text => WireKind.Text,
            MessagePackKind.Bytes => WireKind.Bytes,
            MessagePackKind.Array => WireKind.Array,
            MessagePackKind.Map => WireKind.Map,
            _ => WireKind.None,
        };
        if (kind == WireKind.Text && !Utf8.IsValid(Source.Span.Slice(value.Start, value.Length))) return false;
        var number = value.Kind == MessagePackKind.Unsigned ? BitConverter.DoubleToInt64Bits((ulong)value.Number) : value.Number;
        nodes.Add(new Node { Kind = kind, Start = value.Start, Length = value.Length, Number = number, Next = index + 1 });
        if (kind is not (WireKind.Array or WireKind.Map)) return true;
        if (depth == MaxDepth) return false;
        for (var i = 0; i < value.Inside; i++)
        {
            // Names are texts: what else they could be has no JSON.
            var name = nodes.Count;
            if (!TryReadValue(ref scanner, depth + 1)) return false;
            if (kind == WireKind.Map && i % 2 == 0 && nodes[name].Kind != WireKind.Text) return false;
        }
        var node = nodes[index];
        node.Next = nodes.Count;
        nodes[index] = node;
        return true;
    }

    /// <summary>A value, and behind an array or a map what is in it.</summary>
    internal struct Node
    {
        public WireKind Kind;

        /// <summary>Where it lies in the source: of texts and bytes their content, of arrays and maps of JSON the whole.</summary>
        public int Start;

        public int Length;

        /// <summary>The node behind all of it.</summary>
        public int Next;

        /// <summary>An integer, or the bits of a double.</summary>
        public long Number;
    }
}
