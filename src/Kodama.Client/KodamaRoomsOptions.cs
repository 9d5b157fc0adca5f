namespace Kodama.Client;

/// <summary>What a client of rooms is to be. Read once, when it is made.</summary>
public sealed class KodamaRoomsOptions : KodamaConnectionOptions
{
    /// <summary>The session of an earlier run (<see cref="KodamaRooms.Session"/>): the hub knows the program again. Null for a new
    /// one.</summary>
    public HubSession? Session { get; set; }

    /// <summary>How many entries of a room wait to be read, 1 or more, and how many direct messages. Default 1,024.</summary>
    public int EntryCapacity { get; set; } = 1024;

    /// <summary>What happens to one more entry of a room. Default <see cref="FullMode.Wait"/>.</summary>
    public FullMode FullMode { get; set; }

    /// <summary>How much may wait to be acknowledged, of all rooms, 1 or more. Default 1,024.</summary>
    public int PublishCapacity { get; set; } = 1024;

    /// <summary>How many bytes of it, 1 or more. One publication that is larger waits until nothing else does. Default 8 MiB.</summary>
    public long PublishBytes { get; set; } = 8 * 1024 * 1024;

    /// <summary>What happens to one more. Default <see cref="PublishFullMode.Wait"/>.</summary>
    public PublishFullMode PublishFullMode { get; set; }

    /// <summary>Largest message in bytes, 1 or more; a larger one ends the client with close code 1009. Lists of members and state come in
    /// one message. Default 64 MiB.</summary>
    public override int MaxMessageSize { get; set; } = 64 * 1024 * 1024;
}
