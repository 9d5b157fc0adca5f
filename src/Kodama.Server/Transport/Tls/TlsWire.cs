using System.Net.Sockets;
using Kodama.WebSockets;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace Kodama.Server;

/// <summary>TLS over a socket.</summary>
internal sealed class TlsWire(Socket socket, TlsDuplex duplex, string hostName) : Wire(socket)
{
    public override Duplex Duplex => duplex;

    public override bool TryReceive(Memory<byte> buffer, out Transfer transfer)
    {
        // An empty read of SslStream ends when there is something decrypted, or the end.
        if (duplex.Receive(buffer, out transfer)) return true;
        transfer = new Transfer(0, new InvalidOperationException("TLS has said that there is something, and there is nothing."));
        return true;
    }

    public override async ValueTask SendAsync(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            await duplex.Stream.WriteAsync(bytes);
        }
        catch (Exception exception) when (exception is not IOException)
        {
            // It was disposed meanwhile, or TLS is broken.
            throw new IOException(exception.Message, exception);
        }
    }

    public override void Describe(IFeatureCollection features)
    {
        var described = new TlsFeatures(duplex.Stream, hostName);
        features.Set<ITlsConnectionFeature>(described);
        features.Set<ITlsHandshakeFeature>(described);
        features.Set<ITlsApplicationProtocolFeature>(described);
        features.Set<ISslStreamFeature>(described);
    }
}
