using Kodama.WebSockets;

namespace Kodama.Server;

/// <summary>A connection whose socket can be taken out of Kestrel after an upgrade. A feature of connections of <see
/// cref="DetachableTransportFactory"/>.</summary>
internal interface IDetachFeature
{
    /// <summary>Whether the HTTP server speaks straight over the socket: no TLS or other middleware between, which would have to
    /// stay.</summary>
    bool CanDetach { get; }

    /// <summary>The socket's bytes. May be sent to at once after the response is flushed; belongs to whoever calls <see
    /// cref="Detach"/>.</summary>
    Duplex Duplex { get; }

    /// <summary>Stops reading for HTTP: what has come until then is in the request's body, which ends there.</summary>
    Task StopReadingAsync();

    /// <summary>Hands the socket over, after <see cref="StopReadingAsync"/>, and starts the connection. Kestrel's objects can go when the
    /// request ends.</summary>
    /// <param name="connection">Who gets the socket.</param>
    /// <param name="early">What has come already.</param>
    void Detach(WebSocketConnection connection, ReadOnlyMemory<byte> early);
}
