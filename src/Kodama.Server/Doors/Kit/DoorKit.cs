using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
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
    // For clients that read headers: no need to wait and see whether a close frame follows.
    private const string RefusedHeader = "Kodama-Refused";

    private readonly RequestGuard guard;
    private readonly HandOver handOver;
    private readonly BodyReader bodies;

    internal DoorKit(
        Hub hub, RequestGuard guard, HandOver handOver, WebSocketConnections connections, IncomingBounds bounds, BodyReader bodies,
        KodamaMetrics metrics, KodamaOptions options, ILogger<DoorKit> logger)
    {
        Hub = hub;
        Connections = connections;
        Metrics = metrics;
        Logger = logger;
        this.guard = guard;
        this.handOver = handOver;
        this.bodies = bodies;
        ReaderOptions = bounds.Reader(options.MaxMessageSize);
        ConnectionOptions = bounds.Connection();
    }

    /// <summary>The hub that peers come to.</summary>
    public Hub Hub { get; }

    internal WebSocketConnections Connections { get; }

    internal KodamaMetrics Metrics { get; }

    internal ILogger Logger { get; }

    internal MessageReaderOptions ReaderOptions { get; }

    internal ConnectionOptions ConnectionOptions { get; }

    /// <summary>One message as a frame (RFC 6455 section 5.2), uncompressed: what an encoder of a WebSocket door answers.</summary>
    public static Frame Encode(MessageType type, ReadOnlySpan<byte> payload) => Encode(type, payload, compressed: false);

    /// <summary>
    /// A payload as a JSON array of arguments: a text is the only one, bytes are <c>{"$binary":"base64"}</c>, and so are the binary parts
    /// of arguments. For formats of text.
    /// </summary>
    public static void WriteArguments(IBufferWriter<byte> output, in Payload payload)
    {
        using var writer = new Utf8JsonWriter(output, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
        EventJson.WriteArguments(writer, payload);
    }

    /// <summary>The same, of a payload that is compressed already (RFC 7692) or not.</summary>
    internal static Frame Encode(MessageType type, ReadOnlySpan<byte> payload, bool compressed)
    {
        var frame = Frame.Rent(FrameWriter.HeaderSize(payload.Length, masked: false) + payload.Length);
        FrameWriter.Write(frame.Span, type == MessageType.Text ? Opcode.Text : Opcode.Binary, payload, compressed: compressed);
        return frame;
    }

    /// <summary>
    /// Asks the guards: Host, Origin, the authenticators, and whether the details in its query are within their bounds. Answers the client
    /// as the hub is to know it; null, where it was refused, and has been told.
    /// </summary>
    /// <param name="context">The request.</param>
    /// <param name="door">The door's name, such as <c>lines</c>.</param>
    /// <param name="encoder">The wire format of what the client gets: one object for all who read the same.</param>
    public async ValueTask<PeerDescription?> IdentifyAsync(HttpContext context, string door, IMessageEncoder encoder) =>
        await guard.AllowsHandshakeAsync(context) ? await DescribeAsync(context, door, encoder) : null;

    /// <summary>
    /// For a door whose requests prove by themselves who asks, as by a signature: asks the guards for Host and Origin alone. False, where
    /// the request was refused, and has been told.
    /// </summary>
    public async ValueTask<bool> AllowsAsync(HttpContext context) =>
        await guard.AllowsHandshakeAsync(context) && !await RefusesAsync(context);

    /// <summary>
    /// The same, where pages of other origins that the hub's options name may ask too (CORS, with credentials). False also for a preflight,
    /// which is answered.
    /// </summary>
    /// <param name="context">The request.</param>
    /// <param name="exposedHeaders">Headers of the answer that such a page may read, with commas between.</param>
    public async ValueTask<bool> AllowsPagesAsync(HttpContext context, string exposedHeaders) =>
        await guard.AllowsPagesAsync(context, exposedHeaders) && !await RefusesAsync(context);

    /// <summary>
    /// The whole body of a request, within the bounds of all that comes in (<see cref="KodamaOptions.MaxMessageSize"/>), to be disposed;
    /// null, where it was refused, and has been told.
    /// </summary>
    public async ValueTask<IMemoryOwner<byte>?> ReadBodyAsync(HttpContext context) => await bodies.ReadAsync(context);

    /// <summary>
    /// Lets a client in that comes by no connection of <see cref="AcceptAsync"/>: as <c>Hub.AdmitAsync</c>, and counted and logged.
    /// Whoever calls tells it of a refusal, and calls <see cref="Remove"/> when it has gone.
    /// </summary>
    public ValueTask<Admission> AdmitAsync(PeerDescription client, IPeerLink link, CancellationToken cancellationToken = default) =>
        AdmitAsync(Hub.Describe(client, link), cancellationToken);

    /// <summary>The same of one that is described with its link already.</summary>
    internal async ValueTask<Admission> AdmitAsync(Peer client, CancellationToken cancellationToken)
    {
        var admission = await Hub.AdmitAsync(client, cancellationToken);
        if (admission.IsAccepted) ServerLog.PeerConnected(Logger, client.Id, client.Door, client.RemoteAddress);
        else Metrics.Refused("validation");
        return admission;
    }

    /// <summary>A peer that was let in with <see cref="AdmitAsync(PeerDescription, IPeerLink, CancellationToken)"/> has gone: as <see
    /// cref="Hub.Remove"/>, and logged.</summary>
    public void Remove(Peer peer, CloseReason reason)
    {
        ServerLog.PeerDisconnected(Logger, peer.Id, reason.Code, reason.Text);
        Hub.Remove(peer, reason);
    }

    /// <summary>
    /// Takes a WebSocket in: asks the guards, reads the handshake, lets the client into the hub, has the peer enter
    /// (<see cref="DoorPeer.EnterAsync"/>), and only then answers the handshake. Ends when the connection is handed over, or has ended. Who
    /// is refused has been told.
    /// </summary>
    /// <param name="context">The request.</param>
    /// <param name="door">The door's name, such as <c>lines</c>.</param>
    /// <param name="encoder">As for <see cref="IdentifyAsync"/>: it answers whole frames, such as <see cref="Encode(MessageType,
    /// ReadOnlySpan{byte})"/> makes.</param>
    /// <param name="peer">The door's end of the client, made for it.</param>
    /// <param name="subprotocols">The first of these that the client offers is taken; null for whatever it offers first.</param>
    /// <param name="parameters">Query parameters that are no details of the client.</param>
    /// <param name="hasToken">Whether the client has shown, in a way of the door's own, what <see cref="KodamaOptions.Token"/> asks for:
    /// the other authenticators are asked all the same.</param>
    public async Task AcceptAsync(
        HttpContext context, string door, IMessageEncoder encoder, DoorPeer peer, IReadOnlyCollection<string>? subprotocols = null,
        IReadOnlyCollection<string>? parameters = null, bool hasToken = false)
    {
        if (await ReadHandshakeAsync(context) is not { } upgrade) return;
        if (await DescribeAsync(context, door, encoder, parameters ?? [], hasToken) is not { } client) return;
        if (subprotocols is not null) upgrade.ChooseSubprotocol(subprotocols);
        await RunAsync(context, upgrade, client, peer);
    }

    /// <summary>The handshake of a client that Host and Origin let in; null, where it was refused, and has been told.</summary>
    internal async ValueTask<UpgradeRequest?> ReadHandshakeAsync(HttpContext context)
    {
        if (!await guard.AllowsHandshakeAsync(context)) return null;
        if (UpgradeRequest.TryRead(context, out var upgrade) is not { } failure) return upgrade;
        UpgradeRequest.TellWhatIsSpoken(context.Response, failure);
        await RefuseAsync(context, "handshake", failure);
        return null;
    }

    /// <summary>The client, if the authenticators let it in; null, where it was refused, and has been told.</summary>
    /// <param name="context">The request.</param>
    /// <param name="door">The door's name.</param>
    /// <param name="encoder">As for <see cref="IdentifyAsync"/>.</param>
    /// <param name="parameters">Query parameters that are no details of the client.</param>
    /// <param name="hasToken">Whether the hub's token is not asked for.</param>
    internal async ValueTask<PeerDescription?> DescribeAsync(
        HttpContext context, string door, IMessageEncoder encoder, IReadOnlyCollection<string>? parameters = null, bool hasToken = false)
    {
        if (!PeerDetails.TryRead(context.Request, out var details, out var error, [.. parameters ?? []]))
        {
            await RefuseAsync(context, "details", error);
            return null;
        }
        if (await RefusesAsync(context)) return null;
        return await guard.AuthenticateAsync(context, hasToken) is { } authenticated
            ? AuthenticatedClient.Describe(context, authenticated, details, door, encoder)
            : null;
    }

    /// <summary>Whether nobody is let in any more; then the client has been told.</summary>
    internal async ValueTask<bool> RefusesAsync(HttpContext context)
    {
        if (!Hub.IsStopping) return false;
        await RefuseAsync(context, "stopping", HttpError.Stopping);
        return true;
    }

    /// <summary>The way of <see cref="AcceptAsync"/> from a client that is known to a connection that runs.</summary>
    /// <param name="context">The request.</param>
    /// <param name="upgrade">Its handshake.</param>
    /// <param name="client">Who it is.</param>
    /// <param name="peer">The door's end of the client.</param>
    /// <param name="deflate">What was negotiated of permessage-deflate.</param>
    /// <param name="room">The room that it asks for, to trace.</param>
    internal async Task RunAsync(
        HttpContext context, UpgradeRequest upgrade, PeerDescription client, DoorPeer peer, DeflateParameters? deflate = null,
        string? room = null)
    {
        using var activity = KodamaActivity.Source.StartActivity("kodama.connect");
        if (room is not null) activity?.SetTag("kodama.room", room);
        var reader = new MessageReader(WebSocketRole.Server, ReaderOptions, deflate, client.RemoteAddress);
        await handOver.RunAsync(
            context,
            upgrade,
            duplex => peer.Connect(this, new WebSocketConnection(duplex, WebSocketRole.Server, reader, peer, peer, ConnectionOptions)),
            cancellationToken => ArriveAsync(context, client, peer, cancellationToken));
    }

    /// <summary>Answers the refusal, and counts it.</summary>
    internal Task RefuseAsync(HttpContext context, string stage, HttpError error)
    {
        Metrics.Refused(stage);
        return error.WriteAsync(context);
    }

    // Before the handshake is answered: who is told "open" misses nothing from then on.
    private static async ValueTask ArriveAsync(
        HttpContext context, PeerDescription client, DoorPeer peer, CancellationToken cancellationToken)
    {
        if (await peer.ArriveAsync(client, cancellationToken) is { } refusal)
            context.Response.Headers[RefusedHeader] = refusal.Code.ToString(CultureInfo.InvariantCulture);
    }
}
