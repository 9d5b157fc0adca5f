namespace Kodama.WebSockets;

/// <summary>How a connection keeps alive and closes.</summary>
public sealed class ConnectionOptions
{
    /// <summary>Silence after which the other side is pinged; zero for never. Default 20 s.</summary>
    public TimeSpan PingInterval { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>Silence after a ping that ends the connection. Default 20 s.</summary>
    public TimeSpan PongTimeout { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>How long the other side may take to answer a close frame, what waits before it included. Default 5 s.</summary>
    public TimeSpan CloseTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>From a message's first byte to its last; then the connection is closed with 1008. Zero for any time. Default 30
    /// s.</summary>
    public TimeSpan MessageTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Largest receive buffer of a busy connection, in bytes: what one read can bring in. Default 64 KiB.</summary>
    public int MaxReceiveBuffer { get; set; } = 64 * 1024;
}
