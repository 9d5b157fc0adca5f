namespace Kodama;

/// <summary>What was kept of a room before it appeared in memory.</summary>
/// <param name="Epoch">The life of its log.</param>
/// <param name="Last">The last entry's offset, whether it is kept or not.</param>
/// <param name="LastTime">The last entry's time.</param>
/// <param name="Trimmed">Messages up to this offset are not all among <paramref name="Messages"/>.</param>
/// <param name="Messages">The newest messages, in order: as many as fit the retention, or fewer where <see cref="IRoomStore"/> reads the
/// rest.</param>
/// <param name="Keys">The last entry of each key, removals too, in order.</param>
/// <param name="Forgotten">Removals up to this offset are not all kept.</param>
/// <param name="Ids">The ids of the last two minutes, the oldest first.</param>
/// <param name="IdsForgotten">Ids at offsets up to this are not all kept.</param>
/// <param name="Past">Earlier epochs, each with the offset up to which its entries are in this one, at the same offsets; null for
/// none.</param>
public sealed record KeptRoom(
    string Epoch,
    long Last,
    DateTimeOffset LastTime,
    long Trimmed,
    IReadOnlyList<Entry> Messages,
    IReadOnlyList<Entry> Keys,
    long Forgotten,
    IReadOnlyList<KeptId> Ids,
    long IdsForgotten,
    IReadOnlyList<Position>? Past = null);

/// <summary>An id that was published lately.</summary>
/// <param name="Author">Whose.</param>
/// <param name="Id">Which.</param>
/// <param name="Digest">Of its content.</param>
/// <param name="Offset">Where.</param>
public sealed record KeptId(string Author, string Id, UInt128 Digest, long Offset);
