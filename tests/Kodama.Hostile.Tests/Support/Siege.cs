using System.Net;
using Kodama.Testing;

namespace Kodama.Hostile.Tests;

/// <summary>A hub with its default limits and a healthy peer, for the attacks of one class.</summary>
public class Siege : IAsyncLifetime
{
    internal const string NewcomersRoom = "newcomers";

    private const long MostMemory = 300L << 20;

    // What rooms may keep of an attack is not held against the next.
    private const long MostBefore = 110L << 20;
    private const long MostLeft = 130L << 20;

    // Attackers come from 127.0.0.1: what the hub holds against them is not held against these two.
    private static readonly IPAddress HealthyAddress = IPAddress.Parse("127.0.0.2");
    private static readonly IPAddress NewcomersAddress = IPAddress.Parse("127.0.0.3");

    private static readonly TimeSpan LongestAttack = TimeSpan.FromMinutes(2);

    private IRunningHub? hub;
    private HealthyPeer? healthy;
    private bool fallen;

    /// <summary>Where the attack goes.</summary>
    internal Uri Hub => hub!.Address;

    internal string Printed => hub!.Printed;

    public virtual async ValueTask InitializeAsync()
    {
        hub = await StartAsync();
        healthy = await HealthyPeer.JoinAsync(await ConnectFromAsync(HealthyAddress));
        await healthy.StillEchoesAsync();
    }

    /// <summary>Attacks; then no echo was lost, the process lives, its memory stayed in bounds, and who is new comes in.</summary>
    internal async Task WithstandsAsync(Func<Task> attack)
    {
        // What one attack has done to a hub is not to be found again by the next.
        if (fallen || hub!.Memory.Resident() > MostBefore) await RenewAsync();
        fallen = true;
        hub!.Memory.Reset();
        healthy!.BeginMeasuring();
        var peak = 0L;
        try
        {
            await attack().WaitAsync(LongestAttack);
            await healthy.StillEchoesAsync();
            peak = hub.Memory.Peak();
            Record(healthy.Measured(), peak);
            await NewcomerComesInAsync();
        }
        catch (IOException exception)
        {
            // A connection that should have stayed has ended, most likely with the hub.
            throw new InvalidOperationException($"The hub wrote: {hub.Printed}", exception);
        }
        Assert.True(hub.IsAlive, hub.Printed);
        Assert.True(peak < MostMemory, $"The hub took {peak >> 20} MB during the attack; it may take {MostMemory >> 20}.");
        fallen = false;
    }

    /// <summary>When the healthy peer has been heard again: time that passes by itself, however busy the machine is.</summary>
    internal Task StillEchoesAsync() => healthy!.StillEchoesAsync();

    /// <summary>What the attackers held is given back.</summary>
    internal async Task GivesMemoryBackAsync()
    {
        while (hub!.Memory.Resident() > MostLeft) await healthy!.StillEchoesAsync();
    }

    /// <summary>A connection of an attacker, to be disposed of by the attack.</summary>
    internal Task<RawClient> ConnectAsync(int? receiveBuffer = null) => RawClient.ConnectAsync(Hub, receiveBuffer);

    /// <summary>An attacker that has shaken hands.</summary>
    internal async Task<RawClient> JoinAsync(string path = "/ws/attacked", string headers = "", int? receiveBuffer = null)
    {
        var client = await ConnectAsync(receiveBuffer);
        var head = await client.UpgradeAsync(path, headers);
        Assert.StartsWith("HTTP/1.1 101 ", head, StringComparison.Ordinal);
        return client;
    }

    /// <summary>A connection that speaks no TLS, whatever the hub speaks.</summary>
    internal Task<RawClient> ConnectPlainAsync() => RawClient.ConnectAsync(new UriBuilder(Hub) { Scheme = Uri.UriSchemeHttp }.Uri);

    public virtual async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        if (healthy is not null) await healthy.DisposeAsync();
        if (hub is not null) await hub.DisposeAsync();
    }

    private protected virtual async Task<IRunningHub> StartAsync() => await HubProcess.StartAsync([]);

    /// <summary>A connection of somebody who means well.</summary>
    private protected virtual Task<RawClient> ConnectFromAsync(IPAddress from) =>
        RawClient.ConnectAsync(Hub, from: Hub.HostNameType == UriHostNameType.IPv4 ? from : null);

    private protected virtual async Task NewcomerComesInAsync()
    {
        await using var client = await ConnectFromAsync(NewcomersAddress);
        Assert.StartsWith("HTTP/1.1 101 ", await client.UpgradeAsync($"/ws/{NewcomersRoom}"), StringComparison.Ordinal);
        await client.SendAsync(RawFrame.OfText("newcomer"));
        string? heard = null;
        while (heard != "newcomer") heard = (await client.ReadFrameAsync())!.Text;
    }

    private async Task RenewAsync()
    {
        await DisposeAsync();
        await InitializeAsync();
    }

    private static void Record(IReadOnlyList<TimeSpan> measured, long peak)
    {
        var sorted = measured.Order().ToList();
        var name = TestContext.Current.Test!.TestDisplayName.Replace("Kodama.Hostile.Tests.", "", StringComparison.Ordinal);
        Findings.Add(new Finding(name, sorted.Count, sorted[sorted.Count / 2], sorted[^1], peak >> 20));
    }
}
