namespace Kodama.Server;

/// <summary>The name of an event, as the hub's own doors take it from clients: it is kept with each message.</summary>
internal static class EventName
{
    /// <summary>Longest, in UTF-16 code units.</summary>
    public const int MaxLength = 255;
}
