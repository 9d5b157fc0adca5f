using Microsoft.AspNetCore.Routing;

namespace Kodama.Server;

/// <summary>A way into the hub (docs/doors.md): a protocol by which peers come. Registered with <c>AddKodamaDoor</c>.</summary>
public interface IDoor
{
    /// <summary>
    /// Maps its endpoints, once for each <c>MapKodama</c>. They stand under the hub's prefix, and what is said of the hub's endpoints, such
    /// as <c>RequireAuthorization()</c>, holds for them too. Host, Origin and authenticators are the door's to ask: <see cref="DoorKit"/>.
    /// </summary>
    void Map(IEndpointRouteBuilder endpoints);
}
