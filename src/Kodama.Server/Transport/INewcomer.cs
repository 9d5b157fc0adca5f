using System.Net;

namespace Kodama.Server;

/// <summary>A connection that has not sent the whole head of a request yet, and has not been answered.</summary>
internal interface INewcomer
{
    IPAddress? Address { get; }

    /// <summary>When it came: a timestamp of the clock.</summary>
    long ArrivedAt { get; }

    /// <summary>Whether anything has been received.</summary>
    bool HasSpoken { get; }

    /// <summary>Whether something waits in the system: then it is the hub that is late.</summary>
    bool HasUnread { get; }

    /// <summary>Ends it; its descriptor is free when this returns.</summary>
    void Drop();
}
