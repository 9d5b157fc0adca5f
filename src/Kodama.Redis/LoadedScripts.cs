namespace Kodama.Redis;

/// <summary>Scripts that were found on the server for which they were made, by their hashes.</summary>
/// <param name="Life">Of the server: its run id, and the id of its replication, which is another when it becomes primary again.</param>
/// <param name="Generation">In which what they do is valid.</param>
internal sealed record LoadedScripts(ServerLife Life, string Generation)
{
    /// <summary>A message.</summary>
    public required byte[] Append { get; init; }

    /// <summary>A change of a key.</summary>
    public required byte[] Change { get; init; }

    /// <summary>A transient message.</summary>
    public required byte[] Tick { get; init; }

    /// <summary>Opens a room, closes a line, tells what came behind a head.</summary>
    public required byte[] Sync { get; init; }

    /// <summary>The hub has a room no more.</summary>
    public required byte[] Close { get; init; }

    /// <summary>Reads messages.</summary>
    public required byte[] Read { get; init; }

    /// <summary>Looks an id up.</summary>
    public required byte[] Find { get; init; }

    /// <summary>The hub lives on.</summary>
    public required byte[] Lease { get; init; }

    /// <summary>A hub was not heard of.</summary>
    public required byte[] Dead { get; init; }

    /// <summary>A dead hub was gone through.</summary>
    public required byte[] Buried { get; init; }
}
