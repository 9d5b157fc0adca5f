using System.Globalization;
using Kodama.Server;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Kodama.Pusher;

/// <summary><c>/app/{key}</c> and the HTTP API (docs/specs/pusher.md).</summary>
internal sealed class PusherDoor(PusherHub hub, PusherApi api) : IDoor
{
    /// <summary>Under which its peers are listed.</summary>
    public const string Name = "pusher";

    private const int OldestProtocol = 5;
    private const int NewestProtocol = 7;

    // What these clients say of themselves in their address.
    private static readonly string[] Parameters = ["protocol", "client", "version", "flash"];

    public void Map(IEndpointRouteBuilder endpoints)
    {
        endpoints.Map("/app/{key}", AcceptAsync);
        api.Map(endpoints);
    }

    private Task AcceptAsync(HttpContext context)
    {
        var app = hub.Apps.WithKey((string)context.GetRouteValue("key")!);
        var refusal = Refuse(context.Request.Query["protocol"] is [{ } said, ..] ? said : "", app, out var protocol);
        DoorPeer peer = refusal is { } reason ? new RefusedPeer(reason) : new PusherPeer(hub, app!, protocol);
        var encoder = app?.Encoder ?? hub.Apps.Nobody;
        return hub.Kit.AcceptAsync(context, Name, encoder, peer, parameters: Parameters, hasToken: true);
    }

    private static CloseReason? Refuse(string said, App? app, out int protocol)
    {
        protocol = NewestProtocol;
        if (said.Length == 0) return new(4008, "No protocol version was given: add ?protocol=7.");
        if (!int.TryParse(said, NumberStyles.None, CultureInfo.InvariantCulture, out protocol))
            return new(4006, "The protocol version is no number.");
        if (protocol is < OldestProtocol or > NewestProtocol)
            return new(4007, $"Protocol {protocol} is not spoken here; {OldestProtocol} to {NewestProtocol} are.");
        if (app is null) return new(4001, "No app has this key.");
        if (!app.Options.Enabled) return new(4003, "This app is disabled.");
        return null;
    }
}
