using System.Net.Sockets;

namespace Kodama.Client.Connecting;

/// <summary>The TCP connection below a WebSocket, which tells of its end: pings that are not answered end it without a word to a client
/// that is not receiving at the moment.</summary>
internal sealed class Link(Socket socket) : NetworkStream(socket, ownsSocket: true)
{
    private readonly CancellationTokenSource lost = new();
    private Exception? failure;

    /// <summary>Nothing will come or go any more.</summary>
    public CancellationToken Lost => lost.Token;

    /// <summary>Why; when it is lost.</summary>
    public Exception Failure => Volatile.Read(ref failure)!;

    public void Lose(Exception why)
    {
        Interlocked.CompareExchange(ref failure, why, null);
        // Who waits for it goes on elsewhere: this may be anybody's thread.
        _ = lost.CancelAsync();
    }

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        if (disposing) Lose(new IOException("The hub does not answer any more."));
    }
}
