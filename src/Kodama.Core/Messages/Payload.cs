using System.Text;

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

    /// <summary>UTF-8 text, bytes, or a JSON array in UTF-8, by <see cref="Kind"/>.</summary>
    public ReadOnlyMemory<byte> Bytes { get; }

    /// <summary>Binary arguments. How the JSON array refers to them is a matter of the door that they came by.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> Attachments => attachments ?? [];

    /// <summary>All of its bytes, attachments included.</summary>
    internal long Length => Bytes.Length + (attachments?.Sum(a => (long)a.Length) ?? 0);

    /// <summary>A text message.</summary>
    public static Payload Text(string text) => new(PayloadKind.Text, Encoding.UTF8.GetBytes(text));

    /// <summary>A text message from bytes that the caller knows to be UTF-8.</summary>
    public static Payload Text(ReadOnlyMemory<byte> utf8) => new(PayloadKind.Text, utf8);

    /// <summary>A binary message.</summary>
    public static Payload Binary(ReadOnlyMemory<byte> bytes) => new(PayloadKind.Binary, bytes);

    /// <summary>The arguments of an event, from bytes that the caller knows to be a JSON array in UTF-8.</summary>
    public static Payload Arguments(ReadOnlyMemory<byte> json, IReadOnlyList<ReadOnlyMemory<byte>>? attachments = null) =>
        new(PayloadKind.Arguments, json, attachments);

    /// <summary>Wraps a text.</summary>
    public static implicit operator Payload(string text) => Text(text);

    /// <summary>Wraps a text, for languages without conversion operators.</summary>
    public static Payload FromString(string text) => Text(text);

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

    /// <summary>The bytes as a string: what a text payload says, or the JSON of arguments.</summary>
    public override string ToString() => Encoding.UTF8.GetString(Bytes.Span);
}
