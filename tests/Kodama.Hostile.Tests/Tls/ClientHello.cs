using System.Buffers.Binary;
using System.Net.Security;
using Kodama.Testing;

namespace Kodama.Hostile.Tests.Tls;

/// <summary>The first record of a TLS handshake, as .NET writes it.</summary>
internal static class ClientHello
{
    private const int RecordHead = 5;

    public static async Task<byte[]> CaptureAsync()
    {
        await using var wire = new InMemoryDuplex();
        var tls = new SslStream(wire.Client);
        var handshake = tls.AuthenticateAsClientAsync("kodama.test");
        var head = new byte[RecordHead];
        await wire.Server.ReadExactlyAsync(head).AsTask().Within();
        var body = new byte[BinaryPrimitives.ReadUInt16BigEndian(head.AsSpan(3))];
        await wire.Server.ReadExactlyAsync(body).AsTask().Within();
        await wire.Server.DisposeAsync();
        await Crowd.ToleratesEndAsync(() => handshake);
        await tls.DisposeAsync();
        return [.. head, .. body];
    }
}
