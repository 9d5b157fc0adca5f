using Kodama.Client.Connecting;
using Kodama.Discovery;

namespace Kodama.Client;

public sealed partial class KodamaRooms
{
    /// <summary>Connects to a hub by its name, or by its address, as a <see cref="KodamaClient"/> does.</summary>
    /// <param name="nameOrAddress"><c>Lounge</c>, <c>192.168.1.20:8080</c>, <c>http://...</c>: see <see
    /// cref="KodamaClient.ConnectAsync(string, KodamaClientOptions, CancellationToken)"/>. No room in the path.</param>
    /// <param name="options">Null for the defaults.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="HubProtocolException">It does not speak kodama.v1; or worse.</exception>
    /// <exception cref="KodamaClientException">No connection came about; which of its kinds says why.</exception>
    /// <exception cref="ArgumentException">The address can be no hub's, or an option is out of its range.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static Task<KodamaRooms> ConnectAsync(
        string nameOrAddress, KodamaRoomsOptions? options = null, CancellationToken cancellationToken = default) =>
        StartAsync(Create(nameOrAddress, options), cancellationToken);

    /// <summary>Connects to the hub at an address.</summary>
    /// <param name="address">http, https, ws or wss. A path that is none becomes <c>/ws</c>; its query is sent along, but for <c>token</c>,
    /// which is taken for <see cref="KodamaConnectionOptions.Token"/>.</param>
    /// <param name="options">Null for the defaults.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <inheritdoc cref="ConnectAsync(string, KodamaRoomsOptions, CancellationToken)"/>
    public static Task<KodamaRooms> ConnectAsync(
        Uri address, KodamaRoomsOptions? options = null, CancellationToken cancellationToken = default) =>
        StartAsync(Create(address, options), cancellationToken);

    /// <summary>Connects to a hub that a scan has found, by the first of its addresses that answers; when they no longer do, it is looked
    /// up by its name.</summary>
    /// <param name="hub">As <see cref="FoundHub"/> tells it.</param>
    /// <param name="options">Null for the defaults.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <inheritdoc cref="ConnectAsync(string, KodamaRoomsOptions, CancellationToken)"/>
    public static Task<KodamaRooms> ConnectAsync(
        FoundHub hub, KodamaRoomsOptions? options = null, CancellationToken cancellationToken = default) =>
        StartAsync(Create(hub, options), cancellationToken);

    /// <summary>A client that is not started yet: rooms may be joined before, and are when it is connected.</summary>
    /// <exception cref="ArgumentException">The address can be no hub's, or an option is out of its range.</exception>
    public static KodamaRooms Create(string nameOrAddress, KodamaRoomsOptions? options = null)
    {
        var settings = RoomsSettings.Of(options ?? new());
        var connection = settings.Connection;
        var target = HubTarget.Of(nameOrAddress, ref connection);
        return new(target, settings with { Connection = connection });
    }

    /// <inheritdoc cref="Create(string, KodamaRoomsOptions)"/>
    public static KodamaRooms Create(Uri address, KodamaRoomsOptions? options = null)
    {
        var settings = RoomsSettings.Of(options ?? new());
        var connection = settings.Connection;
        var target = HubTarget.Of(address, ref connection);
        return new(target, settings with { Connection = connection });
    }

    /// <inheritdoc cref="Create(string, KodamaRoomsOptions)"/>
    public static KodamaRooms Create(FoundHub hub, KodamaRoomsOptions? options = null)
    {
        var settings = RoomsSettings.Of(options ?? new());
        return new(HubTarget.Of(hub, settings.Connection), settings);
    }

    private static async Task<KodamaRooms> StartAsync(KodamaRooms rooms, CancellationToken cancellationToken)
    {
        await rooms.StartAsync(cancellationToken).ConfigureAwait(false);
        return rooms;
    }
}
