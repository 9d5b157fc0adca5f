namespace Kodama;

/// <summary>A peer's words within a refusal: cut, as a close reason has 123 bytes in all, and without control characters.</summary>
internal static class Quotation
{
    private const int MaxLength = 32;

    public static string Of(string value)
    {
        var length = value.Length <= MaxLength ? value.Length : char.IsHighSurrogate(value[MaxLength - 2]) ? MaxLength - 2 : MaxLength - 1;
        var cut = string.Create(length, value, static (span, from) =>
        {
            for (var i = 0; i < span.Length; i++) span[i] = char.IsControl(from[i]) ? ' ' : from[i];
        });
        return length == value.Length ? $"\"{cut}\"" : $"\"{cut}…\"";
    }
}
