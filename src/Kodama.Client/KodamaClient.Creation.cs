using Kodama.Client.Connecting;
using Kodama.Discovery;

namespace Kodama.Client;

public sealed partial class KodamaClient
{
    /// <summary>Connects to a hub by its name, or by its address.</summary>
    /// <param name="nameOrAddress">
    /// <c>Lounge</c>: the first hub of the network that claims this name and answers; a name proves nothing. With a scheme (<c>http</c>,
    /// <c>https</c>, <c>ws</c>, <c>wss</c>) or a port, an IP address, <c>localhost</c> and a <c>.local</c> host are addresses:
    /// <c>http://192.168.1.20:8080</c>, <c>192.168.1.20:8080</c>, <c>ws://host:8080/ws/room</c>. The port is 8080 where there is neither it
    /// nor a scheme.
    /// </param>
    /// <param name="options">Null for the defaults.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="KodamaClientException">No connection came about; which of its kinds says why.</exception>
    /// <exception cref="ArgumentException">The address can be no hub's, or an option is out of its range.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static Task<KodamaClient> ConnectAsync(
        string nameOrAddress, KodamaClientOptions? options = null, CancellationToken cancellationToken = default) =>
        StartAsync(Create(nameOrAddress, options), cancellationToken);

    /// <summary>Connects to the hub at an address.</summary>
    /// <param name="address">http, https, ws or wss. A path that is none becomes <c>/ws</c>; its query is sent along, but for <c>token</c>,
    /// which is taken for <see cref="KodamaConnectionOptions.Token"/>.</param>
    /// <param name="options">Null for the defaults.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <inheritdoc cref="ConnectAsync(string, KodamaClientOptions, CancellationToken)"/>
    public static Task<KodamaClient> ConnectAsync(
        Uri address, KodamaClientOptions? options = null, CancellationToken cancellationToken = default) =>
        StartAsync(Create(address, options), cancellationToken);

    /// <summary>Connects to a hub that a scan has found, by the first of its addresses that answers; when they no longer do, it is looked
    /// up by its name.</summary>
    /// <param name="hub">As <see cref="FoundHub"/> tells it.</param>
    /// <param name="options">Null for the defaults.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <inheritdoc cref="ConnectAsync(string, KodamaClientOptions, CancellationToken)"/>
    public static Task<KodamaClient> ConnectAsync(
        FoundHub hub, KodamaClientOptions? options = null, CancellationToken cancellationToken = default) =>
        StartAsync(Create(hub, options), cancellationToken);

    /// <summary>A client that is not started yet: for those who want to see its status from the beginning. As <see
    /// cref="ConnectAsync(string, KodamaClientOptions, CancellationToken)"/> otherwise.</summary>
    /// <exception cref="ArgumentException">The address can be no hub's, or an option is out of its range.</exception>
    public static KodamaClient Create(string nameOrAddress, KodamaClientOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(nameOrAddress);
        return Create(nameOrAddress, ClientSettings.Of(options ?? new()));
    }

    /// <summary>A client that is not started yet. As <see cref="ConnectAsync(Uri, KodamaClientOptions, CancellationToken)"/>
    /// otherwise.</summary>
    /// <exception cref="ArgumentException">The address can be no hub's, or an option is out of its range.</exception>
    public static KodamaClient Create(Uri address, KodamaClientOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(address);
        return Create(address, ClientSettings.Of(options ?? new()));
    }

    /// <summary>A client that is not started yet. As <see cref="ConnectAsync(FoundHub, KodamaClientOptions, CancellationToken)"/>
    /// otherwise.</summary>
    /// <exception cref="ArgumentException">It has no address that a hub can have, or an option is out of its range.</exception>
    public static KodamaClient Create(FoundHub hub, KodamaClientOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(hub);
        return Create(hub, ClientSettings.Of(options ?? new()));
    }

    internal static KodamaClient Create(string nameOrAddress, ClientSettings settings) =>
        new(HubTarget.Of(nameOrAddress, ref settings), settings);

    internal static KodamaClient Create(FoundHub hub, ClientSettings settings) => new(HubTarget.Of(hub, settings), settings);

    private static KodamaClient Create(Uri address, ClientSettings settings) => new(HubTarget.Of(address, ref settings), settings);

    private static async Task<KodamaClient> StartAsync(KodamaClient client, CancellationToken cancellationToken)
    {
        await client.StartAsync(cancellationToken).ConfigureAwait(false);
        return client;
    }
}
