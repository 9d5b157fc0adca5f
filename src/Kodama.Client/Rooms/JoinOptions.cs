namespace Kodama.Client;

/// <summary>How a room is joined. Read once, at the join.</summary>
public sealed class JoinOptions
{
    /// <summary>With what it begins. Default <see cref="RoomStart.Live"/>.</summary>
    public RoomStart Start { get; set; }

    /// <summary>Whether to be told who is present: <see cref="JoinedRoom.Members"/> and <see cref="PresenceChange"/>. Default
    /// false.</summary>
    public bool Presence { get; set; }

    /// <summary>Whether to be told the room's state: <see cref="JoinedRoom.State"/> and <see cref="StateChange"/>. Default false.</summary>
    public bool State { get; set; }

    /// <summary>What the rules of the room ask for, if anything. Sent again at each reconnect.</summary>
    public string? Token { get; set; }

    /// <summary>How many entries wait to be read, 1 or more. Default that of the client.</summary>
    public int? EntryCapacity { get; set; }

    /// <summary>What happens to one more. Default that of the client.</summary>
    public FullMode? FullMode { get; set; }
}
