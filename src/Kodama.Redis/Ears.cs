using System.Buffers.Binary;
using StackExchange.Redis;

namespace Kodama.Redis;

/// <summary>
/// What this hub is told, on the one channel that is its own: of all rooms that it has open, each in its order. A room is opened by the
/// script that tells how it stands, so nothing lies between.
/// </summary>
internal sealed class Ears(RedisEngine engine)
{
    /// <summary>The length of the room's name stands first.</summary>
    public const int Head = sizeof(ushort);

    public Task<bool> OpenAsync() =>
        engine.Link.ListenAsync(RedisChannel.Literal(engine.Names.ChannelOf(engine.HubId)), Hear, engine.Patience);

    private void Hear(RedisValue message)
    {
        if ((byte[]?)message is not { Length: > Head } told) return;
        var length = BinaryPrimitives.ReadUInt16BigEndian(told);
        if (told.Length < Head + length) return;
        var name = told.AsSpan(Head, length);
        if (engine.Rooms.TryFind(name, out var room))
        {
            room.Hear(told);
            return;
        }
        // It was closed, and what said so is on its way, or lost.
        engine.Leave(name);
    }
}
