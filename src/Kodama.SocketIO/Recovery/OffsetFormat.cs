using System.Buffers;
using System.Buffers.Binary;
using System.Buffers.Text;
using System.Text;

namespace Kodama.SocketIO;

/// <summary>
/// How clients are told a place in the stream of a namespace: 4 characters for this life of the stream and 8 for the number, in base64url.
/// Clients keep theirs when they find a server that knows nothing of it.
/// </summary>
/// <param name="epoch">The life of the stream's log.</param>
internal sealed class OffsetFormat(string epoch)
{
    /// <summary>Characters of an epoch that offsets begin with.</summary>
    public const int LifeLength = 4;

    private const int NumberLength = 8;

    /// <summary>This life of the stream.</summary>
    public string Life { get; } = epoch[..LifeLength];

    /// <summary>A hole for an offset of this life; frames are written before their place is known.</summary>
    public ReadOnlyMemory<byte> Hole { get; } = Encoding.ASCII.GetBytes(epoch[..LifeLength].PadRight(LifeLength + NumberLength, 'A'));

    /// <summary>Writes life and number into a frame that ends with a hole, and the same in MessagePack, or none.</summary>
    public void Place(Span<byte> json, Span<byte> packed, long number)
    {
        ReadOnlySpan<byte> rest = json;
        PollBody.TakeFrame(ref rest, out _);
        var end = json.Length - rest.Length;
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteInt64BigEndian(bytes, number);
        // The text ends with the offset, a quotation mark and a bracket; MessagePack with the offset.
        var hole = json.Slice(end - 2 - Hole.Length, Hole.Length);
        Hole.Span[..LifeLength].CopyTo(hole);
        Base64Url.EncodeToUtf8(bytes[2..], hole[LifeLength..]);
        if (!packed.IsEmpty) hole.CopyTo(packed[^Hole.Length..]);
    }

    /// <summary>Whether an offset is of this life.</summary>
    public bool IsOf(ReadOnlySpan<char> offset) => offset.StartsWith(Life, StringComparison.Ordinal);

    /// <summary>Reads the number of what a client offers, of whichever life. False, where it is no offset at all.</summary>
    public static bool TryRead(ReadOnlySpan<char> offset, out long number)
    {
        number = 0;
        Span<byte> bytes = stackalloc byte[(LifeLength + NumberLength) * 3 / 4];
        if (offset.Length != LifeLength + NumberLength) return false;
        if (Base64Url.DecodeFromChars(offset, bytes, out _, out var size) != OperationStatus.Done || size != bytes.Length) return false;
        foreach (var part in bytes[(bytes.Length - 6)..]) number = number << 8 | part;
        return true;
    }
}
