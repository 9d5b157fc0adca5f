using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace Kodama.Server;

/// <summary>A connection to a port with TLS until it is known what it speaks: a newcomer through its whole handshake.</summary>
internal sealed class Greeting : INewcomer, IDisposable
{
    // The type of a TLS record that carries a handshake (RFC 8446 section 5.1).
    private const byte HandshakeRecord = 22;

    private static readonly TimeSpan Pace = TimeSpan.FromSeconds(1);

    private readonly Socket socket;
    private readonly TransportTls tls;
    private readonly Newcomers newcomers;
    private readonly TimeProvider time;
    private readonly ILogger logger;
    private readonly SocketStream stream;
    private volatile bool hasSpoken;

    public Greeting(Socket socket, TransportTls tls, Newcomers newcomers, TimeProvider time, ILogger logger)
    {
        this.socket = socket;
        this.tls = tls;
        this.newcomers = newcomers;
        this.time = time;
        this.logger = logger;
        // A handshake takes a thread as long as a hundred messages: not one that other sockets wait for.
        stream = new SocketStream(socket) { IsGreeting = true };
        ArrivedAt = time.GetTimestamp();
        Address = (socket.RemoteEndPoint as IPEndPoint)?.Address;
    }

    public IPAddress? Address { get; }

    public long ArrivedAt { get; }

    public bool HasSpoken => hasSpoken;

    public bool HasUnread
    {
        get
        {
            try
            {
                return !hasSpoken && socket.Available > 0;
            }
            catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
            {
                return false;
            }
        }
    }

    public void Drop() => Dispose();

    /// <summary>Ends it, and the connection that has come of it.</summary>
    public void Dispose() => stream.Dispose();

    /// <summary>The connection, for Kestrel; null, when it has come to nothing and is closed. Never throws.</summary>
    public async Task<DetachableConnection?> RunAsync()
    {
        newcomers.Add(this);
        SslStream? secured = null;
        try
        {
            await using var deadline = time.CreateTimer(
                static greeting => ((Greeting)greeting!).DropIfLate(), this, TransportTls.HandshakeTimeout, Pace);
            await stream.WaitAsync();
            await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
            var isTls = IsTls();
            hasSpoken = true;
            if (!isTls) return tls.AllowsPlain ? Over(new PlainWire(socket, stream.Duplex)) : End();
            secured = new SslStream(stream, leaveInnerStreamOpen: true);
            string? hostName = null;
            await secured.AuthenticateAsServerAsync(
                (_, hello, _, _) =>
                {
                    hostName = hello.ServerName;
                    return new(tls.Select(hello));
                },
                state: null);
            ReleasedBuffers.Ask(secured);
            return Over(new TlsWire(socket, new TlsDuplex(secured, stream), hostName ?? ""));
        }
        catch (Exception exception)
        {
            TransportLog.HandshakeFailed(logger, Address, exception);
            secured?.Dispose();
            return End();
        }
        finally
        {
            newcomers.Remove(this);
        }
    }

    // While the hub has yet to read or to answer, it is the hub that is late.
    private void DropIfLate()
    {
        try
        {
            if (stream.AwaitsPeer || time.GetElapsedTime(ArrivedAt) >= TransportTls.LongestHandshake) Drop();
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // It has ended meanwhile.
        }
    }

    private DetachableConnection Over(Wire wire)
    {
        stream.IsGreeting = false;
        return new(wire, newcomers, time, logger, ArrivedAt);
    }

    private DetachableConnection? End()
    {
        Dispose();
        return null;
    }

    private bool IsTls()
    {
        Span<byte> first = stackalloc byte[1];
        return socket.Receive(first, SocketFlags.Peek, out var error) == 1 && error == SocketError.Success && first[0] == HandshakeRecord;
    }
}
