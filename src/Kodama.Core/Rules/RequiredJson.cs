using System.Numerics;
using System.Text;
using System.Text.Json;

namespace Kodama;

/// <summary>Passes one JSON object with certain fields. It is read through once and kept nowhere.</summary>
internal sealed class RequiredJson : IPromptFilter
{
    internal const int MaxFields = 64;

    private static readonly JsonReaderOptions Strict = new() { MaxDepth = 32 };
    private static readonly FilterResult NotAnObject = FilterResult.Drop("Not a JSON object.");

    private readonly byte[][] fields;
    private readonly FilterResult[] missing;

    public RequiredJson(IEnumerable<string> fields)
    {
        var names = fields.Distinct(StringComparer.Ordinal).ToArray();
        if (names.Length > MaxFields)
            throw new ArgumentException($"{names.Length} fields; at most {MaxFields} can be required.", nameof(fields));
        this.fields = Array.ConvertAll(names, Encoding.UTF8.GetBytes);
        missing = Array.ConvertAll(names, name => FilterResult.Drop($"The JSON field \"{name}\" is missing."));
    }

    public ValueTask<FilterResult> FilterAsync(Message message, CancellationToken cancellationToken)
    {
        // It is the form of messages.
        if (message.Kind != EntryKind.Message) return new(FilterResult.Pass);
        var payload = message.Payload;
        if (payload.Kind == PayloadKind.Binary) return new(NotAnObject);
        try
        {
            var reader = new Utf8JsonReader(payload.Bytes.Span, Strict);
            var depth = payload.Kind == PayloadKind.Arguments ? 1 : 0;
            var isObject = reader.Read() && (depth == 0 || reader.Read()) && reader.TokenType == JsonTokenType.StartObject
                && reader.CurrentDepth == depth;
            return new(isObject ? Check(ref reader, depth + 1) : NotAnObject);
        }
        catch (JsonException)
        {
            return new(NotAnObject);
        }
    }

    private FilterResult Check(ref Utf8JsonReader reader, int depth)
    {
        var absent = fields.Length == MaxFields ? ulong.MaxValue : (1UL << fields.Length) - 1;
        var inObject = true;
        while (reader.Read())
        {
            if (reader.TokenType == JsonTokenType.EndObject && reader.CurrentDepth == depth - 1) inObject = false;
            if (!inObject || reader.TokenType != JsonTokenType.PropertyName || reader.CurrentDepth != depth) continue;
            for (var i = 0; i < fields.Length; i++)
            {
                if (!reader.ValueTextEquals(fields[i])) continue;
                absent &= ~(1UL << i);
                break;
            }
        }
        return absent == 0 ? FilterResult.Pass : missing[BitOperations.TrailingZeroCount(absent)];
    }
}
