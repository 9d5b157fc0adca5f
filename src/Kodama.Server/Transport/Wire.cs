using System.Net.Sockets;
using Kodama.WebSockets;
using Microsoft.AspNetCore.Http.Features;

namespace Kodama.Server;

/// <summary>What a <see cref="DetachableConnection"/> speaks over: the socket itself, or TLS over it.</summary>
internal abstract class Wire(Socket socket)
{
    public Socket Socket { get; } = socket;

    /// <summary>Of whoever has the wire. An empty receive that has ended says that <see cref="TryReceive"/> has something.</summary>
    public abstract Duplex Duplex { get; }

    /// <summary>Receives what is there; false where nothing is after all. Does not wait.</summary>
    public abstract bool TryReceive(Memory<byte> buffer, out Transfer transfer);

    /// <summary>Sends all of it.</summary>
    /// <exception cref="IOException">The connection is broken.</exception>
    public abstract ValueTask SendAsync(ReadOnlyMemory<byte> bytes);

    /// <summary>Shows a request what it may want to know of the wire.</summary>
    public virtual void Describe(IFeatureCollection features)
    {
    }
}
