namespace Kodama.SocketIO;

/// <summary>That a socket was in a room of the hub: for all events after <see cref="From"/>, up to <see cref="To"/>. Guarded by the
/// stream's lock.</summary>
internal sealed class Stay(RecoverySession session, string room, long from)
{
    public RecoverySession Session => session;

    public string Room => room;

    public long From => from;

    /// <summary>The last event; <see cref="long.MaxValue"/>, while it goes on.</summary>
    public long To { get; set; } = long.MaxValue;

    public bool IsOpen => To == long.MaxValue;

    /// <summary>Whether the socket is in the room by its present connection.</summary>
    public bool IsEntered { get; set; }

    /// <summary>Where it stands among those that hear the room.</summary>
    public int Place { get; set; } = -1;
}
