using Kodama.WebSockets;

namespace Kodama.SocketIO;

/// <summary>How a session's packets travel, as in the query parameter <c>transport</c>.</summary>
internal static class EngineTransport
{
    public const string Polling = "polling";
    public const string WebSocket = "websocket";
}

/// <summary>One Engine.IO session, as the layer above it sees it. Thread-safe.</summary>
internal abstract class EngineSession(EngineVersion version, HandshakeRequest handshake)
{
    /// <summary>The sid: a secret between client and server.</summary>
    public string Id { get; } = SocketId.New();

    public EngineVersion Version => version;
    public HandshakeRequest Handshake => handshake;

    /// <summary>Changes once, from polling to WebSocket (<see cref="IEngineHandler.OnUpgraded"/>).</summary>
    public abstract string Transport { get; }

    /// <summary>Whether frames may be compressed: where permessage-deflate was negotiated, and the session began as a WebSocket.</summary>
    public abstract bool TakesDeflated { get; }

    /// <summary>Whether the transport could take a packet at once: a GET waits, or the WebSocket does not. For volatile packets.</summary>
    public abstract bool IsWritable { get; }

    /// <summary>Sends what the handler's source has; due after a peek that found nothing. Never waits.</summary>
    public abstract void Flush();

    /// <summary>Begins to close, for a <see cref="DisconnectReason"/>: what the source still has goes first, packets that still come are
    /// not told. Only the first call counts; <see cref="IEngineHandler.OnClosed"/> tells when it is done.</summary>
    public abstract void Close(string reason = DisconnectReason.ForcedClose);
}

/// <summary>The layer above one session: told of its packets, and the source of what goes out, message packets as frames of
/// <see cref="EngineVersion.V4"/> (or its v3), whatever the transport. Calls to it come one after another, but for <see cref="OnEnding"/>
/// and those of <see cref="IFrameSource"/>, which have an order of their own.</summary>
internal interface IEngineHandler : IFrameSource
{
    /// <summary>Whether the session is in use, else it may be ended to make room for another. Any thread, beside other calls.</summary>
    bool HasJoined => true;

    /// <summary>A message packet's text, without its type. Valid until the task ends; until then the session reads no further. An exception
    /// ends the session with <see cref="DisconnectReason.TransportError"/>.</summary>
    ValueTask OnTextAsync(ReadOnlyMemory<byte> packet);

    /// <summary>A message packet's bytes. As <see cref="OnTextAsync"/>.</summary>
    ValueTask OnBinaryAsync(ReadOnlyMemory<byte> bytes);

    /// <summary>What one read or POST brought in has been handled: the time to flush others. Follows every run of packets, also when the
    /// session has ended meanwhile.</summary>
    void OnReadCompleted() { }

    /// <summary>The session moved from polling to WebSocket; order and what waits are not touched.</summary>
    void OnUpgraded() { }

    /// <summary>The session is over while a packet is still being handled: that should end soon. Comes beside another call, at most once;
    /// <see cref="OnClosed"/> follows.</summary>
    void OnEnding() { }

    /// <summary>The session has ended, for a <see cref="DisconnectReason"/>; called once, last, but for an advance on its way.</summary>
    void OnClosed(string reason);
}
