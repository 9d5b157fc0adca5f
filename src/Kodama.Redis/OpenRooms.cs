using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;

namespace Kodama.Redis;

/// <summary>The rooms that are in memory, by their names as Redis has them. Thread-safe.</summary>
internal sealed class OpenRooms
{
    private readonly ConcurrentDictionary<byte[], RedisRoom> rooms = new(new ByBytes());
    private readonly ConcurrentDictionary<byte[], RedisRoom>.AlternateLookup<ReadOnlySpan<byte>> lookup;

    public OpenRooms() => lookup = rooms.GetAlternateLookup<ReadOnlySpan<byte>>();

    public IEnumerable<RedisRoom> All => rooms.Select(static pair => pair.Value);

    /// <exception cref="InvalidOperationException">It is there already.</exception>
    public void Add(RedisRoom room)
    {
        if (!rooms.TryAdd(room.Bytes, room)) throw new InvalidOperationException($"Room {room.Name} is open already: close it first.");
    }

    public void Remove(RedisRoom room) => rooms.TryRemove(new(room.Bytes, room));

    public bool TryFind(ReadOnlySpan<byte> name, [NotNullWhen(true)] out RedisRoom? room) => lookup.TryGetValue(name, out room);

    private sealed class ByBytes : IEqualityComparer<byte[]>, IAlternateEqualityComparer<ReadOnlySpan<byte>, byte[]>
    {
        public bool Equals(byte[]? one, byte[]? other) => one.AsSpan().SequenceEqual(other);

        public int GetHashCode(byte[] bytes) => GetHashCode(bytes.AsSpan());

        public bool Equals(ReadOnlySpan<byte> one, byte[] other) => one.SequenceEqual(other);

        public int GetHashCode(ReadOnlySpan<byte> bytes)
        {
            var hash = new HashCode();
            hash.AddBytes(bytes);
            return hash.ToHashCode();
        }

        public byte[] Create(ReadOnlySpan<byte> bytes) => bytes.ToArray();
    }
}
