using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Kodama.Server;

/// <summary>Times as ISO 8601 in UTC with milliseconds, what JavaScript's Date reads and writes.</summary>
internal sealed class UtcMilliseconds : JsonConverter<DateTimeOffset>
{
    public const string Format = "yyyy-MM-dd'T'HH:mm:ss.fff'Z'";

    public static string ToText(DateTimeOffset time) => time.UtcDateTime.ToString(Format, CultureInfo.InvariantCulture);

    public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.GetDateTimeOffset();

    public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options) =>
        writer.WriteStringValue(ToText(value));
}
