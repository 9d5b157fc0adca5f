namespace Kodama.WebSockets;

/// <summary>What both sides agreed on for permessage-deflate (RFC 7692 section 7.1).</summary>
/// <param name="ServerNoContextTakeover">The server compresses every message on its own.</param>
/// <param name="ClientNoContextTakeover">The client compresses every message on its own.</param>
/// <param name="ServerMaxWindowBits">The server refers back by at most two to the power of this many bytes; 8 to 15.</param>
/// <param name="ClientMaxWindowBits">The client refers back by at most two to the power of this many bytes; 8 to 15.</param>
public sealed record DeflateParameters(
    bool ServerNoContextTakeover, bool ClientNoContextTakeover, int ServerMaxWindowBits = 15, int ClientMaxWindowBits = 15)
{
    /// <summary>The window that the end named compresses with, for <see cref="Deflater.Deflate"/>.</summary>
    public int WindowBits(WebSocketRole writer) => writer == WebSocketRole.Server ? ServerMaxWindowBits : ClientMaxWindowBits;

    /// <summary>Whether the other end than <paramref name="reader"/> may refer to its earlier messages.</summary>
    internal bool PeerKeepsContext(WebSocketRole reader) =>
        reader == WebSocketRole.Server ? !ClientNoContextTakeover : !ServerNoContextTakeover;

    internal int PeerWindowBits(WebSocketRole reader) => reader == WebSocketRole.Server ? ClientMaxWindowBits : ServerMaxWindowBits;

    internal const int LeastWindowBits = 8;
    internal const int MostWindowBits = 15;
}
