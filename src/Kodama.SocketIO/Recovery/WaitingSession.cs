namespace Kodama.SocketIO;

/// <summary>A socket that may come back.</summary>
internal sealed record WaitingSession(
    RecoveryTrack Track, IReadOnlyList<string> Rooms, IDictionary<string, object?>? Data, TimeSpan Expires)
{
    /// <summary>Once it is back: the last event that it has got.</summary>
    public long Seen { get; init; }
}
