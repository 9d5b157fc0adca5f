using System.Text;
using StackExchange.Redis;

namespace Kodama.Redis;

/// <summary>What is called how in Redis (docs/specs/cluster.md). A name stands at the end of a key, so any will do.</summary>
internal sealed class RedisNames(string prefix)
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>With what all begin, in braces: one slot.</summary>
    public string Prefix { get; } = $"{{{prefix}}}";

    public RedisKey Generation => Prefix + ":g";

    public RedisKey SessionKey => Prefix + ":s";

    public RedisKey Beats => Prefix + ":beats";

    public RedisKey Dead => Prefix + ":dead";

    /// <summary>All rooms, by when they were used last.</summary>
    public RedisKey Rooms => Prefix + ":rooms";

    /// <summary>The channel on which a hub hears what happens in the rooms that it has open.</summary>
    public string ChannelOf(string hub) => $"{Prefix}:h:{hub}";

    /// <summary>Which members and bound keys a hub has: <c>ROOM \0 FIELD</c>.</summary>
    public RedisKey BoundOf(string hub) => $"{Prefix}:b:{hub}";

    /// <summary>What is counted of a room.</summary>
    public byte[] Meta(ReadOnlySpan<byte> room) => Key(":m:", room);

    public byte[] Messages(ReadOnlySpan<byte> room) => Key(":e:", room);

    public byte[] Keys(ReadOnlySpan<byte> room) => Key(":k:", room);

    public RedisKey Ids(ReadOnlySpan<byte> room, string author) => Key(":i:", [.. room, 0, .. Encoding.UTF8.GetBytes(author)]);

    /// <summary>The room's name: UTF-8, or, where it holds half a character, digits behind what no name begins with.</summary>
    public static byte[] OfRoom(string name)
    {
        try
        {
            return Strict.GetBytes(name);
        }
        catch (EncoderFallbackException)
        {
            return Encoding.ASCII.GetBytes("\u0001" + string.Concat(name.Select(static c => ((int)c).ToString("X4"))));
        }
    }

    /// <summary>The field of a key of the state, or of a member.</summary>
    public static byte[] Field(EntryKind kind, string key) => [(byte)('0' + (int)kind), .. Encoding.UTF8.GetBytes(key)];

    private byte[] Key(string kind, ReadOnlySpan<byte> name) =>
        [.. Encoding.ASCII.GetBytes(Prefix), .. Encoding.ASCII.GetBytes(kind), .. name];
}
