using System.Buffers.Binary;
using System.Text;

namespace Kodama.Redis;

/// <summary>
/// What hubs tell each other, as bytes: the sender's id behind its length (a byte), the kind (a byte; 0 is an answer), the number of the
/// question (8 bytes, little-endian; 0 where no answer is wanted), and what it says.
/// </summary>
internal readonly record struct ClusterFrame(string Sender, byte Kind, ulong Number, ReadOnlyMemory<byte> What)
{
    public const byte Answer = 0;
    private const int LongestId = 32;

    public byte[] Write()
    {
        var bytes = new byte[1 + Sender.Length + 1 + sizeof(ulong) + What.Length];
        bytes[0] = (byte)Encoding.ASCII.GetBytes(Sender, bytes.AsSpan(1));
        var rest = bytes.AsSpan(1 + Sender.Length);
        rest[0] = Kind;
        BinaryPrimitives.WriteUInt64LittleEndian(rest[1..], Number);
        What.Span.CopyTo(rest[(1 + sizeof(ulong))..]);
        return bytes;
    }

    /// <summary>Null, where it is none: whoever may write to Redis may write anything.</summary>
    public static ClusterFrame? Read(ReadOnlyMemory<byte> bytes)
    {
        var span = bytes.Span;
        if (span.Length == 0 || span[0] is 0 or > LongestId) return null;
        var start = 1 + span[0];
        var head = start + 1 + sizeof(ulong);
        if (span.Length < head || span.Length - head > ICluster.MostBytes) return null;
        var id = span[1..start];
        if (id.ContainsAnyExceptInRange((byte)'!', (byte)'~')) return null;
        return new ClusterFrame(
            Encoding.ASCII.GetString(id), span[start], BinaryPrimitives.ReadUInt64LittleEndian(span[(start + 1)..]), bytes[head..]);
    }
}
