using Kodama.WebSockets;

namespace Kodama.SocketIO;

/// <summary>
/// The layer above one session: told of its packets, and the source of what goes out, message packets as frames of <see
/// cref="EngineVersion.V4"/> (or its v3), whatever the transport. Calls to it come one after another, but for <see cref="OnEnding"/>
/// and those of <see cref="IFrameSource"/>, which have an order of their own.
/// </summary>
internal interface IEngineHandler : IFrameSource
{
    /// <summary>Whether the session is in use: one that is not may be ended to make room for another. Any thread, beside other
    /// calls.</summary>
    bool HasJoined { get; }

    /// <summary>
    /// A message packet's text, without its type. Valid until the task ends; until then the session reads no further. An exception ends the
    /// session with <see cref="DisconnectReason.TransportError"/>.
    /// </summary>
    ValueTask OnTextAsync(ReadOnlyMemory<byte> packet);

    /// <summary>A message packet's bytes. As <see cref="OnTextAsync"/>.</summary>
    ValueTask OnBinaryAsync(ReadOnlyMemory<byte> bytes);

    /// <summary>What one read or POST brought in has been handled: the time to flush others. Follows every run of packets, also when the
    /// session has ended meanwhile.</summary>
    void OnReadCompleted();

    /// <summary>The session moved from polling to WebSocket; order and what waits are not touched.</summary>
    void OnUpgraded()
    {
    }

    /// <summary>
    /// The session is over while a packet is still being handled: that should end soon. Comes beside another call, at most once; <see
    /// cref="OnClosed"/> follows.
    /// </summary>
    void OnEnding();

    /// <summary>The session has ended, for a <see cref="DisconnectReason"/>; called once, last. (What was peeked and is being sent may
    /// still be advanced.)</summary>
    void OnClosed(string reason);
}
