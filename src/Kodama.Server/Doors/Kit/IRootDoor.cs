using Microsoft.AspNetCore.Http;

namespace Kodama.Server;

/// <summary>A door whose clients open their WebSockets at the hub's root, where others read what the hub is. A hub has one at
/// most.</summary>
public interface IRootDoor : IDoor
{
    /// <summary>Somebody wants a WebSocket there: as for an endpoint of the door's own.</summary>
    Task AcceptAsync(HttpContext context);
}
