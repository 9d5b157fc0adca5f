namespace Kodama;

/// <summary>Options of one room; what is null is as in the hub.</summary>
public sealed class RoomOptions
{
    /// <summary>Whether a sender gets its own messages too.</summary>
    public bool? Echo { get; set; }

    /// <summary>What happens to a peer that is too slow for this room.</summary>
    public SlowPeerPolicy? SlowPeers { get; set; }

    /// <summary>What is kept of it.</summary>
    public RoomLogOptions? Log { get; set; }

    /// <summary>Whether the room, with its epoch and offset, stays when the last peer has left. Default false.</summary>
    public bool KeepWhenEmpty { get; set; }
}
