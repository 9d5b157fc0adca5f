namespace Kodama.WebSockets;

/// <summary>What a connection has to send. The connection takes from it, one call at a time, whenever the transport can take
/// more.</summary>
public interface IFrameSource
{
    /// <summary>
    /// The next bytes, whole frames only, or empty. They stay valid until <see cref="Advance"/>. After an empty answer
    /// <see cref="WebSocketConnection.Flush"/> must be called for what comes.
    /// </summary>
    ReadOnlyMemory<byte> Peek();

    /// <summary>The bytes of the last <see cref="Peek"/> are sent, all <paramref name="count"/> of them; 0 when the transport
    /// broke.</summary>
    void Advance(int count);

    /// <summary>The transport takes no more for now; the next <see cref="Peek"/> comes after this.</summary>
    void Blocked();

    /// <summary>
    /// Puts a copy of a frame that the connection itself has to send behind what waits; the connection flushes. Any thread may call it.
    /// False, when there is no room: then the connection sends it ahead of what waits.
    /// </summary>
    bool TryAppend(ReadOnlySpan<byte> frame);

    /// <summary>Nothing more is taken in; what waits is sent still.</summary>
    void Complete();

    /// <summary>Nothing more is taken; what waits may go.</summary>
    void Close();
}
