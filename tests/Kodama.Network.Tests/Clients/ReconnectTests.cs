using System.Diagnostics;
using System.Net;
using Kodama.Network.Agent.Clients;
using Kodama.Network.Agent.Hubs;
using Kodama.Network.Lab;
using Kodama.Network.Lab.Agents;

namespace Kodama.Network.Tests.Clients;

/// <summary>A client stays joined, whatever the network does.</summary>
public sealed class ReconnectTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Interface_GoesDownAndUp_TheClientIsBack()
    {
        await using var lab = await Labs.CreateAsync();
        var (hub, client) = await PairAsync(lab);
        var connection = await JoinedAsync(client, $"{hub.Host.Url()}");

        await client.Host.Port.DownAsync();
        await connection.NextAsync("Reconnecting", deadline: Patience);
        var begun = Stopwatch.GetTimestamp();
        await client.Host.Port.UpAsync();

        Measured.Print("back after the interface is up again", await BackAsync(connection, begun));
    }

    [Fact]
    public async Task Network_CutSilentlyAndRestored_TheClientIsBack()
    {
        await using var lab = await Labs.CreateAsync();
        var (hub, client) = await PairAsync(lab);
        var connection = await JoinedAsync(client, $"{hub.Host.Url()}");

        await hub.Host.Port.CutAsync();
        await connection.NextAsync("Reconnecting", deadline: Patience);
        var begun = Stopwatch.GetTimestamp();
        await hub.Host.Port.RestoreAsync();

        Measured.Print("back after the network is restored", await BackAsync(connection, begun));
    }

    [Fact]
    public async Task Network_RestoredWhileAnAttemptHangs_TheClientIsBack()
    {
        await using var lab = await Labs.CreateAsync();
        var (hub, client) = await PairAsync(lab);
        var connection = await JoinedAsync(client, $"{hub.Host.Url()}");

        await hub.Host.Port.CutAsync();
        await connection.NextAsync("Reconnecting", e => e.Read<string>().StartsWith("attempt 2 ", StringComparison.Ordinal), Patience);
        await client.Host.WhileConnectingAsync();
        var begun = Stopwatch.GetTimestamp();
        await hub.Host.Port.RestoreAsync();

        Measured.Print("back after the network was restored while an attempt hung", await BackAsync(connection, begun));
    }

    [Fact]
    public async Task Hub_WhoseAddressChanges_IsFoundAgainByItsName()
    {
        await using var lab = await Labs.CreateAsync();
        var (hub, client) = await PairAsync(lab, Addresses.IPv4);
        var connection = await JoinedAsync(client, "Lounge");
        var moved = lab.Lan.Address(200);

        await hub.Host.Port.RemoveAddressAsync(hub.Host.Port.Address);
        var begun = Stopwatch.GetTimestamp();
        await hub.Host.Port.AddAddressAsync(moved);

        Measured.Print("back after the hub's address changed", await BackAsync(connection, begun, moved));
    }

    [Fact]
    public async Task Hub_ThatDiesAndStartsOnAnotherHost_IsFoundAgainByItsName()
    {
        await using var lab = await Labs.CreateAsync();
        var (hub, client) = await PairAsync(lab, Addresses.IPv4);
        var spare = LabAgent.Start(await lab.AddHostAsync("spare", Addresses.IPv4));
        var connection = await JoinedAsync(client, "Lounge");

        await hub.KillAsync();
        await connection.NextAsync("Reconnecting", deadline: Patience);
        var begun = Stopwatch.GetTimestamp();
        await spare.ServeAsync(new ServeArguments("Lounge"));

        Measured.Print("back after the hub moved to another host", await BackAsync(connection, begun, spare.Host.Port.Address));
    }

    [Fact]
    public async Task Hub_OnANetworkWithoutIPv4_IsJoinedByItsName()
    {
        await using var lab = await Labs.CreateAsync();
        var hub = LabAgent.Start(await lab.AddHostAsync("hub", Addresses.OnlyIPv6));
        var client = LabAgent.Start(await lab.AddHostAsync("client", Addresses.OnlyIPv6));
        await hub.ServeAsync(new ServeArguments("Lounge"));

        await JoinedAsync(client, "Lounge");
    }

    /// <param name="lab">Where.</param>
    /// <param name="addresses">The hub's. By its name it is joined at whichever is heard of first, so one that goes must be the only
    /// one.</param>
    private static async Task<(LabAgent Hub, LabAgent Client)> PairAsync(NetworkLab lab, Addresses addresses = Addresses.Usual)
    {
        var hub = LabAgent.Start(await lab.AddHostAsync("hub", addresses));
        var client = LabAgent.Start(await lab.AddHostAsync("client"));
        await hub.ServeAsync(new ServeArguments("Lounge"));
        return (hub, client);
    }

    private static async Task<AgentErrand> JoinedAsync(LabAgent client, string to)
    {
        var connection = await client.SendAsync("connect", new ConnectArguments(to));
        await connection.NextAsync("message");
        return connection;
    }

    // Connected, and heard by the hub.
    private static async Task<TimeSpan> BackAsync(AgentErrand connection, long begun, IPAddress? address = null)
    {
        var connected = await connection.NextAsync("Connected", e => address is null || e.Read<Uri>().Host == $"{address}", Patience);
        await connection.NextAsync("message");
        return Stopwatch.GetElapsedTime(begun, connected.At);
    }
}
