using Kodama.WebSockets;

namespace Kodama.SocketIO;

/// <summary>What the user asked of the transports of a Socket.IO server. Read once, when the server is mapped. Names and defaults are node's.</summary>
public class EngineOptions
{
    /// <summary>Between two pings. Default 25 s.</summary>
    public TimeSpan PingInterval { get; set; } = TimeSpan.FromSeconds(25);

    /// <summary>How long a client may take to answer a ping. Default 20 s.</summary>
    public TimeSpan PingTimeout { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>How WebSocket messages are compressed for clients that offer it; null for not at all, as is the default.</summary>
    public PerMessageDeflateOptions? PerMessageDeflate { get; set; }

    /// <summary>Throws an <see cref="ArgumentException"/> that names the value, what is wrong with it and what to do.</summary>
    public virtual void Validate()
    {
    }
}
