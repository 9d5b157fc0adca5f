using System.Globalization;
using Kodama.WebSockets;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Kodama.Server;

/// <summary>
/// What a door needs on the way from a request to a peer (docs/doors.md): the hub's guards, the handshake, the hand-over of its socket, and
/// a place among the connections that a stop ends. A service of the hub's application. Thread-safe.
/// </summary>
public sealed class DoorKit
{
    private readonly RequestGuard guard;
    private readonly HandOver handOver;
    private readonly IncomingBounds bounds;
    private readonly KodamaOptions options;

    internal DoorKit(
        Hub hub, RequestGuard guard, HandOver handOver, WebSocketConnections connections, IncomingBounds bounds, KodamaMetrics metrics,
        KodamaOptions options, ILogger<DoorKit> logger)
    {
        Hub = hub;
        Connections = connections;
        Metrics = metrics;
        Logger = logger;
        this.guard = guard;
        this.handOver = handOver;
        this.bounds = bounds;
        this.options = options;
    }

    /// <summary>The hub that peers come to.</summary>
    public Hub Hub { get; }

    internal WebSocketConnections Connections { get; }

    internal KodamaMetrics Metrics { get; }

    internal ILogger Logger { get; }

    /// <summary>One message as a frame (RFC 6455 section 5.2), uncompressed: what an encoder of a WebSocket door answers.</summary>
    public static Frame Encode(MessageType type, ReadOnlySpan<byte> payload)
    {
        var frame = Frame.Rent(FrameWriter.HeaderSize(payload.Length, masked: false) + payload.Length);
        FrameWriter.Write(frame.Span, type == MessageType.Text ? Opcode.Text : Opcode.Binary, payload);
        return frame;
    }

    /// <summary>
    /// Asks the guards: Host, Origin, the authenticators, and whether the details in its query are within their bounds. Answers the client
    /// as the hub is to know it; null, where it was refused, and has been told.
    /// </summary>
    /// <param name="context">The request.</param>
    /// <param name="door">The door's name, such as <c>lines</c>.</param>
    /// <param name="encoder">The wire format of what the client gets: one object for all who read the same.</param>
    public async ValueTask<PeerDescription?> IdentifyAsync(HttpContext context, string door, IMessageEncoder encoder)
    {
        if (!await guard.AllowsHandshakeAsync(context)) return null;
        if (!PeerDetails.TryRead(context.Request, out var details, out var error))
        {
            await RefuseAsync(context, "details", error);
            return null;
        }
        if (Hub.IsStopping)
        {
            await RefuseAsync(context, "stopping", new("HUB_STOPPING", "The hub is stopping; try again later.", 503));
            return null;
        }
        return await guard.AuthenticateAsync(context) is { } authenticated
            ? AuthenticatedClient.Describe(context, authenticated, details, door, encoder)
            : null;
    }

    /// <summary>
    /// Takes a WebSocket in: asks the guards, lets the client into the hub, has the peer enter (<see cref="DoorPeer.EnterAsync"/>), and
    /// only then answers the handshake. Ends when the connection is handed over, or has ended. Who is refused has been told.
    /// </summary>
    /// <param name="context">The request.</param>
    /// <param name="door">The door's name, such as <c>lines</c>.</param>
    /// <param name="encoder">As for <see cref="IdentifyAsync"/>: it answers whole frames, such as <see cref="Encode"/> makes.</param>
    /// <param name="peer">The door's end of the client, made for it.</param>
    /// <param name="subprotocols">The first of these that the client offers is taken; null for whatever it offers first.</param>
    public async Task AcceptAsync(
        HttpContext context, string door, IMessageEncoder encoder, DoorPeer peer, IReadOnlyCollection<string>? subprotocols = null)
    {
        if (UpgradeRequest.TryRead(context, out var upgrade) is { } failure)
        {
            UpgradeRequest.TellWhatIsSpoken(context.Response, failure);
            await RefuseAsync(context, "handshake", failure);
            return;
        }
        if (await IdentifyAsync(context, door, encoder) is not { } client) return;
        if (subprotocols is not null) upgrade.ChooseSubprotocol(subprotocols);
        var reader = new MessageReader(WebSocketRole.Server, bounds.Reader(options.MaxMessageSize), null, client.RemoteAddress);
        await handOver.RunAsync(
            context,
            upgrade,
            duplex => peer.Connect(this, new WebSocketConnection(duplex, WebSocketRole.Server, reader, peer, peer, bounds.Connection())),
            cancellationToken => AdmitAsync(context, client, peer, cancellationToken));
    }

    // Before the handshake is answered: who is told "open" misses nothing from then on.
    private async ValueTask AdmitAsync(HttpContext context, PeerDescription client, DoorPeer peer, CancellationToken cancellationToken)
    {
        var admission = await Hub.AdmitAsync(client, peer, cancellationToken);
        if (admission.IsAccepted)
        {
            ServerLog.PeerConnected(Logger, admission.Peer.Id, client.Door, client.RemoteAddress);
            peer.Open(admission.Peer);
            await peer.EnterAsync(cancellationToken);
            return;
        }
        Metrics.Refused("validation");
        context.Response.Headers[WebSocketEndpoint.RefusedHeader] = admission.Refusal.Code.ToString(CultureInfo.InvariantCulture);
        peer.Refuse(admission.Refusal);
    }

    private Task RefuseAsync(HttpContext context, string stage, HttpError error)
    {
        Metrics.Refused(stage);
        return error.WriteAsync(context);
    }
}
