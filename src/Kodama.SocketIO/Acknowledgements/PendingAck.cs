namespace Kodama.SocketIO;

/// <summary>Someone who waits for the acknowledgement of a socket. Called once for each socket: with the answer, or without.</summary>
internal abstract class PendingAck
{
    /// <summary>The client has answered; the packet is valid during the call.</summary>
    public abstract void OnAnswer(in Packet packet);

    /// <summary>No answer will come: the socket has ended.</summary>
    public abstract void OnGone(string reason);
}
