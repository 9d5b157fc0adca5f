using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Kodama;

/// <summary>What a message says: a text, bytes, or the arguments of an event.</summary>
/// <remarks>
/// A payload does not own its memory. One that a door hands to a rule is valid until that rule's task ends: call <see cref="ToOwned"/> to
/// keep it.
/// </remarks>
public readonly struct Payload
{
    private readonly IReadOnlyList<ReadOnlyMemory<byte>>? attachments;

    private Payload(PayloadKind kind, ReadOnlyMemory<byte> bytes, IReadOnlyList<ReadOnlyMemory<byte>>? attachments = null)
    {
        Kind = kind;
        Bytes = bytes;
        this.attachments = attachments;
    }

    /// <summary>What <see cref="Bytes"/> holds.</summary>
    public PayloadKind Kind { get; }

    /// <summary>Whether it is text.</summary>
    public bool IsText => Kind == PayloadKind.Text;

    /// <summary>Whether it is bytes.</summary>
    public bool IsBinary => Kind == PayloadKind.Binary;

    /// <summary>Whether it is the arguments of an event.</summary>
    public bool IsArguments => Kind == PayloadKind.Arguments;

    /// <summary>UTF-8 text, bytes, or a JSON array in UTF-8, by <see cref="Kind"/>.</summary>
    public ReadOnlyMemory<byte> Bytes { get; }

    /// <summary>The bytes as text, decoded at each call, with U+FFFD for what is no UTF-8; of arguments their JSON.</summary>
    public string Text => Encoding.UTF8.GetString(Bytes.Span);

    /// <summary>Binary arguments. How the JSON array refers to them is a matter of the door that they came by.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> Attachments => attachments ?? [];

    /// <summary>All of its bytes, attachments included.</summary>
    internal long Length => Bytes.Length + (attachments?.Sum(a => (long)a.Length) ?? 0);

    /// <summary>Text; unpaired surrogates become U+FFFD.</summary>
    public static Payload Of(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return new(PayloadKind.Text, Encoding.UTF8.GetBytes(text));
    }

    /// <summary>Bytes.</summary>
    public static Payload Of(ReadOnlyMemory<byte> bytes) => new(PayloadKind.Binary, bytes);

    /// <summary>Text from bytes that the caller knows to be UTF-8.</summary>
    public static Payload OfText(ReadOnlyMemory<byte> utf8) => new(PayloadKind.Text, utf8);

    /// <summary>A value as JSON text.</summary>
    /// <param name="value">What it is.</param>
    /// <param name="type">Source-generated metadata: <c>MyContext.Default.Move</c>.</param>
    public static Payload Of<T>(T value, JsonTypeInfo<T> type) => OfText(JsonSerializer.SerializeToUtf8Bytes(value, type));

    /// <summary>The one argument of an event, as JSON.</summary>
    /// <param name="value">What it is.</param>
    /// <param name="type">Source-generated metadata: <c>MyContext.Default.Move</c>.</param>
    public static Payload Argument<T>(T value, JsonTypeInfo<T> type)
    {
        using var stream = new MemoryStream();
        stream.WriteByte((byte)'[');
        JsonSerializer.Serialize(stream, value, type);
        stream.WriteByte((byte)']');
        return new(PayloadKind.Arguments, stream.ToArray());
    }

    /// <summary>The arguments of an event, from bytes that the caller knows to be a JSON array in UTF-8.</summary>
    public static Payload Arguments(ReadOnlyMemory<byte> json, IReadOnlyList<ReadOnlyMemory<byte>>? attachments = null) =>
        new(PayloadKind.Arguments, json, attachments);

    /// <summary>Text.</summary>
    public static implicit operator Payload(string text) => Of(text);

    /// <summary>Bytes.</summary>
    public static implicit operator Payload(byte[] bytes) => Of(bytes);

    /// <summary>Bytes.</summary>
    public static implicit operator Payload(ReadOnlyMemory<byte> bytes) => Of(bytes);

    /// <summary>Text read as JSON, or the first argument of an event.</summary>
    /// <param name="type">Source-generated metadata: <c>MyContext.Default.Move</c>.</param>
    /// <exception cref="JsonException">It is no JSON, or not of this type; or an event has no argument.</exception>
    public T? As<T>(JsonTypeInfo<T> type)
    {
        if (!IsArguments) return JsonSerializer.Deserialize(Bytes.Span, type);
        var reader = new Utf8JsonReader(Bytes.Span);
        reader.Read();
        reader.Read();
        if (reader.TokenType == JsonTokenType.EndArray) throw new JsonException("The event has no argument.");
        return JsonSerializer.Deserialize(ref reader, type);
    }

    /// <summary>The arguments of an event; of anything else none.</summary>
    /// <exception cref="JsonException">They are no JSON.</exception>
    public IReadOnlyList<JsonElement> ReadArguments() => IsArguments ? [.. JsonElement.Parse(Bytes.Span).EnumerateArray()] : [];

    /// <summary>Whether it is this very payload, in the same memory.</summary>
    internal bool IsSame(in Payload other) =>
        Kind == other.Kind && Bytes.Equals(other.Bytes) && ReferenceEquals(attachments, other.attachments);

    /// <summary>A copy that owns its memory and may be kept.</summary>
    public Payload ToOwned() => new(Kind, Bytes.ToArray(), attachments?.Select(a => (ReadOnlyMemory<byte>)a.ToArray()).ToArray());

    /// <summary>The same, but of one longer than this only the beginning, and no attachments.</summary>
    internal Payload ToOwnedUpTo(int most) => Length <= most ? ToOwned() : new(Kind, Bytes[..Math.Min(Bytes.Length, most)].ToArray());

    /// <summary>Writes its bytes and then those of its attachments; answers the lengths of these, or null where there are none.</summary>
    internal int[]? CopyTo(Span<byte> destination)
    {
        Bytes.Span.CopyTo(destination);
        if (attachments is not { Count: > 0 }) return null;
        destination = destination[Bytes.Length..];
        var lengths = new int[attachments.Count];
        for (var i = 0; i < lengths.Length; i++)
        {
            attachments[i].Span.CopyTo(destination);
            lengths[i] = attachments[i].Length;
            destination = destination[lengths[i]..];
        }
        return lengths;
    }

    /// <summary>What <see cref="CopyTo"/> has written, with memory of its own.</summary>
    internal static Payload CopyOf(PayloadKind kind, ReadOnlySpan<byte> source, int length, int[]? attachmentLengths)
    {
        var bytes = source[..length].ToArray();
        if (attachmentLengths is null) return new(kind, bytes);
        var attachments = new ReadOnlyMemory<byte>[attachmentLengths.Length];
        for (var i = 0; i < attachments.Length; i++)
        {
            source = source[length..];
            length = attachmentLengths[i];
            attachments[i] = source[..length].ToArray();
        }
        return new(kind, bytes, attachments);
    }

    /// <summary>The text, the arguments as JSON, or how long the bytes are.</summary>
    public override string ToString() => IsBinary ? $"{Bytes.Length} bytes" : Text;
}
