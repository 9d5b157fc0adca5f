using System.Collections.ObjectModel;
using System.Net;
using System.Security.Claims;

namespace Kodama;

/// <summary>What a door knows of a client that wants to come in.</summary>
public sealed class PeerDescription
{
    /// <summary>The door's name, such as <c>websocket</c>.</summary>
    public required string Door { get; init; }

    /// <summary>The wire format of what this peer gets.</summary>
    public required IMessageEncoder Encoder { get; init; }

    /// <summary>What the client says of itself, and the authenticators have learned.</summary>
    public IReadOnlyDictionary<string, string> Details { get; init; } = ReadOnlyDictionary<string, string>.Empty;

    /// <summary>Who it is, if an authenticator or the surrounding application knows.</summary>
    public ClaimsPrincipal? Principal { get; init; }

    /// <summary>The public id of its session, whose secret it has proved or just been given (<see cref="SessionKeys"/>); null for
    /// none.</summary>
    public string? Session { get; init; }

    /// <summary>Whether the client had the session before, and another connection of it may be somewhere, at another hub too.</summary>
    public bool IsResuming { get; init; }

    /// <summary>Whether lists and events of the hub tell of it: <see cref="Peer.IsListed"/>. Default true.</summary>
    public bool IsListed { get; init; } = true;

    /// <summary>How long its members wait for it, where its connection breaks and it has a session; null for as long as the hub has it
    /// (<see cref="LogOptions.PresenceGrace"/>).</summary>
    public TimeSpan? PresenceGrace { get; init; }

    /// <summary>Where it connects from.</summary>
    public IPAddress? RemoteAddress { get; init; }
}
