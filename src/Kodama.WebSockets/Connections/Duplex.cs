namespace Kodama.WebSockets;

/// <summary>Bytes in and out. At most one receive and one send at a time; both may be pending together.</summary>
public abstract class Duplex : IDisposable
{
    /// <summary>Who is told of operations that were pending. May change while a receive is pending: the new owner is told.</summary>
    public IDuplexOwner? Owner { get; set; }

    /// <summary>
    /// Receives into the buffer; an empty buffer waits until there is something to receive, and holds no memory meanwhile. False when it is
    /// pending, and the owner will be told; until then the buffer is in use.
    /// </summary>
    public abstract bool Receive(Memory<byte> buffer, out Transfer transfer);

    /// <summary>Sends some of the bytes, at least one. False when it is pending; then all are sent before the owner is told, and are in use
    /// until then.</summary>
    public abstract bool Send(ReadOnlyMemory<byte> bytes, out Transfer transfer);

    /// <summary>Says that nothing more will be sent; receiving goes on.</summary>
    public abstract void CompleteSending();

    /// <summary>Ends both directions; what is pending fails. May be called more than once and from any thread.</summary>
    public abstract void Dispose();
}
