namespace Kodama;

/// <summary>What hubs tell and ask each other for the hub itself (1 to 15).</summary>
internal enum TellingKind : byte
{
    /// <summary>A session has come: its older connection ends.</summary>
    Session = 1,

    /// <summary>A message to one peer or session.</summary>
    Direct = 2,

    /// <summary>A peer is to be disconnected.</summary>
    Disconnect = 3,

    /// <summary>A message of the program's to all peers.</summary>
    ToAll = 4,

    /// <summary>The rules of a room are to be asked again.</summary>
    Review = 5,

    /// <summary>All peers are to be taken out of a room.</summary>
    Empty = 6,
}
