namespace Kodama.WebSockets;

/// <summary>Which end of the connection this is: a client masks what it sends and a server does not (RFC 6455 section 5.1).</summary>
public enum WebSocketRole : byte
{
    /// <summary>The end that answered the handshake: reads masked frames.</summary>
    Server,

    /// <summary>The end that asked for the handshake: reads unmasked frames.</summary>
    Client,
}
