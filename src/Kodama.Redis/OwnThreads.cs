using System.Net;
using System.Net.Sockets;
using StackExchange.Redis;
using StackExchange.Redis.Configuration;

namespace Kodama.Redis;

/// <summary>
/// Connections to Redis by sockets that block threads of their own, and have nothing to do with those that all other sockets share: a room
/// is opened by whoever joins it, perhaps on such a thread, which waits then for what no other may hold up.
/// </summary>
internal sealed class OwnThreads : Tunnel
{
    private const string Feature = "DedicatedThreads";

    /// <summary>Has the connection made so.</summary>
    public static void Use(ConfigurationOptions configuration)
    {
        ConnectionMultiplexer.SetFeatureFlag(Feature, true);
        configuration.Tunnel ??= new OwnThreads();
    }

    /// <inheritdoc/>
    public override ValueTask<EndPoint?> GetSocketConnectEndpointAsync(EndPoint endpoint, CancellationToken cancellationToken) =>
        new((EndPoint?)null);

    /// <inheritdoc/>
    public override async ValueTask<Stream?> BeforeAuthenticateAsync(
        EndPoint endpoint, ConnectionType connectionType, Socket? socket, CancellationToken cancellationToken) =>
        await Task.Factory.StartNew(() => Connect(endpoint, cancellationToken), TaskCreationOptions.LongRunning);

    // Never once asynchronously: the socket would be the shared threads' matter from then on.
    private static NetworkStream Connect(EndPoint endpoint, CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            using (cancellationToken.Register(socket.Dispose)) socket.Connect(endpoint);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
