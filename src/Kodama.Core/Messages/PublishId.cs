using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Kodama;

/// <summary>What makes a publication idempotent (docs/specs/log.md, Ids).</summary>
/// <param name="Value">1 to 64 characters of printable ASCII without spaces, hard to guess; unique for its author.</param>
/// <param name="FirstSeen">
/// Null the first time; when it is sent again, a position of the room that its author knew before it sent it first.
/// </param>
/// <param name="Scope">For whom it counts, where that is not the author: an author that is new with each publication.</param>
public readonly record struct PublishId(string Value, Position? FirstSeen = null, string? Scope = null)
{
    /// <summary>Longest id, in characters.</summary>
    public const int MaxLength = 64;

    /// <summary>
    /// The scope of authors that are new with each publication and have no name: all of them share it, and a quarter of what a room
    /// remembers.
    /// </summary>
    public const string Anonymous = "(anonymous)";

    /// <summary>Whether this can be an id.</summary>
    public static bool IsValid(string value) => value.Length is > 0 and <= MaxLength && value.All(static c => c is > ' ' and <= '~');

    /// <summary>The content for which it stands, as it was sent: another content under the same id is refused.</summary>
    internal static UInt128 Digest(string eventName, in Payload payload, string? key = null)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes(eventName));
        hash.AppendData([0, (byte)payload.Kind]);
        hash.AppendData(Encoding.UTF8.GetBytes(key ?? ""));
        hash.AppendData([0]);
        hash.AppendData(payload.Bytes.Span);
        foreach (var attachment in payload.Attachments) hash.AppendData(attachment.Span);
        return BinaryPrimitives.ReadUInt128LittleEndian(hash.GetHashAndReset());
    }
}
