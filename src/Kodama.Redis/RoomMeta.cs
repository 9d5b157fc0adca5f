using System.Buffers.Binary;
using System.Text;

namespace Kodama.Redis;

/// <summary>What is counted of a room, as the scripts have packed it: what a hub looks at.</summary>
/// <param name="Epoch">The life of its log.</param>
/// <param name="Generation">In which that is valid.</param>
/// <param name="Last">The last entry's offset.</param>
/// <param name="Messages">How many are kept.</param>
/// <param name="Trimmed">Up to which offset messages are not all kept.</param>
/// <param name="LookedAt">When it was looked for what is too old, in milliseconds of Redis' time.</param>
/// <param name="ExpiresAt">When its messages are gone if nothing comes.</param>
internal readonly record struct RoomMeta(
    string Epoch, string Generation, long Last, long Messages, long Trimmed, long LookedAt, long ExpiresAt)
{
    private const int Texts = AppendHead.EpochLength + (2 * AppendHead.HubLength);
    private const int Numbers = 16;

    public static RoomMeta? Read(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < Texts + (Numbers * sizeof(double))) return null;
        return new RoomMeta(
            Encoding.ASCII.GetString(bytes[..12]), Encoding.ASCII.GetString(bytes.Slice(12, 8)), Number(bytes, 0), Number(bytes, 2),
            Number(bytes, 5), Number(bytes, 6), Number(bytes, 7));
    }

    private static long Number(ReadOnlySpan<byte> bytes, int index) =>
        (long)BinaryPrimitives.ReadDoubleLittleEndian(bytes[(Texts + (index * sizeof(double)))..]);
}
