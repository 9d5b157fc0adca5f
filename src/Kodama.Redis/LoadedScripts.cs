namespace Kodama.Redis;

/// <summary>A script that is loaded: called as its file.</summary>
internal enum Script
{
    /// <summary>Entries of a room.</summary>
    Append,

    /// <summary>Opens a room, closes a line, tells what came behind a head.</summary>
    Sync,

    /// <summary>The hub has a room no more.</summary>
    Close,

    /// <summary>Reads messages.</summary>
    Read,

    /// <summary>Looks an id up.</summary>
    Find,

    /// <summary>The hub lives on.</summary>
    Lease,

    /// <summary>A hub was not heard of.</summary>
    Dead,

    /// <summary>A dead hub was gone through.</summary>
    Buried,

    /// <summary>Lets go rooms that are not used.</summary>
    Sweep,
}

/// <summary>Scripts that were found on the server for which they were made, by their hashes.</summary>
/// <param name="Life">Of the server: its run id, and the id of its replication, which is another when it becomes primary again.</param>
/// <param name="Generation">In which what they do is valid.</param>
/// <param name="Hashes">Of each.</param>
internal sealed record LoadedScripts(ServerLife Life, string Generation, IReadOnlyList<byte[]> Hashes)
{
    public byte[] this[Script script] => Hashes[(int)script];
}
