using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;

namespace Kodama.Sqlite;

/// <summary>The rooms that are in memory, how many there are on the disk, and the epochs of those that are in neither.
/// Thread-safe.</summary>
internal sealed class OpenRooms(byte[] identity)
{
    private const int EpochBytes = 9;

    private readonly ConcurrentDictionary<string, SqliteRoom> rooms = new(StringComparer.Ordinal);
    private long gone;

    /// <summary>How many rooms the file has forgotten.</summary>
    public long Gone { get => Volatile.Read(ref gone); set => Volatile.Write(ref gone, value); }

    /// <summary>How many rooms the file has, in memory or not. The writer's own.</summary>
    public long Stored { get; set; }

    /// <summary>How many bytes of the file hold something. The writer's own.</summary>
    public long UsedBytes { get; set; }

    public IEnumerable<SqliteRoom> All => rooms.Values;

    public SqliteRoom? Find(string name) => rooms.GetValueOrDefault(name);

    /// <exception cref="InvalidOperationException">It is there already.</exception>
    public void Add(SqliteRoom room)
    {
        if (!rooms.TryAdd(room.Name, room)) throw new InvalidOperationException($"Room {room.Name} is open already: close it first.");
    }

    public void Remove(SqliteRoom room) => rooms.TryRemove(new(room.Name, room));

    /// <summary>
    /// The epoch of a room that has nothing in the file: the same each time, so that nothing need be written for who only looks; and
    /// another, once a room may have been forgotten.
    /// </summary>
    public string EpochOf(string name)
    {
        Span<byte> hash = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(identity, Encoding.UTF8.GetBytes($"{Gone}\n{name}"), hash);
        return Base64Url.EncodeToString(hash[..EpochBytes]);
    }
}
