namespace Kodama.Pusher;

/// <summary>What an event may be called, and which names are the protocol's own.</summary>
internal static class EventName
{
    /// <summary>Longest name, in characters.</summary>
    public const int MaxLength = 200;

    /// <summary>How the events begin that clients say.</summary>
    public const string Client = "client-";

    /// <summary>Whether subscribers would take it for the hub's own word (docs/specs/pusher.md, R5).</summary>
    public static bool IsReserved(string name) =>
        name.StartsWith("pusher:", StringComparison.Ordinal) || name.StartsWith("pusher_internal:", StringComparison.Ordinal);

    public static bool IsClient(string name) => name.StartsWith(Client, StringComparison.Ordinal);
}
