using System.Runtime.InteropServices;
using Kodama.Network.Lab.Namespaces;

namespace Kodama.Network.Lab;

/// <summary>
/// A network of its own: nothing of the machine's network is touched or reached. A switch in a namespace, LANs on it, and hosts plugged
/// into them. All of it, and every process in it, is gone when this is disposed of, or when the process ends; what a killed process left
/// behind is removed by the next. Not thread-safe, except that different hosts may be used side by side.
/// </summary>
public sealed class NetworkLab : IAsyncDisposable
{
    private static readonly HashSet<NetworkLab> Open = [];
    private static readonly Lazy<Task> Cleaning = new(RemoveLeftoversAsync);
    private static int last;
    private static bool ending;

    private readonly string prefix = LabOwner.This.Name(Interlocked.Increment(ref last));
    private readonly List<Namespace> namespaces = [];
    private readonly List<IAsyncDisposable> processes = [];
    private readonly List<LabLan> lans = [];
    private Namespace? wiring;
    private Task? removing;

    // Since .NET 10 a signal ends the process without ProcessExit.
    private static readonly PosixSignalRegistration[] Signals =
        [.. new[] { PosixSignal.SIGTERM, PosixSignal.SIGHUP }.Select(signal => PosixSignalRegistration.Create(signal, _ => RemoveOpen()))];

    static NetworkLab() => AppDomain.CurrentDomain.ProcessExit += (_, _) => RemoveOpen();

    private NetworkLab()
    {
    }

    /// <summary>The first LAN, 10.77.1.0/24.</summary>
    public LabLan Lan => lans[0];

    internal Namespace Switch => wiring!;

    public static async Task<NetworkLab> CreateAsync()
    {
        if (LabRequirements.Missing() is { } missing) throw new LabException($"No network laboratory here: {missing}.");
        await Cleaning.Value;
        var lab = new NetworkLab();
        lock (Open)
        {
            if (ending) throw new LabException("The process is ending.");
            Open.Add(lab);
        }
        try
        {
            lab.wiring = await lab.AddNamespaceAsync("switch");
            await lab.AddLanAsync();
            return lab;
        }
        catch
        {
            await lab.DisposeAsync();
            throw;
        }
    }

    /// <summary>Another network, not connected with the first: 10.77.2.0/24 and so on.</summary>
    public async Task<LabLan> AddLanAsync()
    {
        var lan = new LabLan(this, lans.Count + 1);
        await lan.CreateAsync();
        lans.Add(lan);
        return lan;
    }

    /// <summary>A host; by default with one interface, plugged into the first LAN.</summary>
    public async Task<LabHost> AddHostAsync(string name, Addresses addresses = Addresses.Usual)
    {
        var host = await AddUnpluggedHostAsync(name);
        await host.PlugIntoAsync(Lan, addresses);
        return host;
    }

    /// <summary>A host without any interface but its loopback.</summary>
    public async Task<LabHost> AddUnpluggedHostAsync(string name) => new(this, name, await AddNamespaceAsync(name));

    /// <summary>Hosts with one interface each, made side by side.</summary>
    public async Task<IReadOnlyList<LabHost>> AddHostsAsync(string name, int count, Addresses addresses = Addresses.Usual)
    {
        var hosts = new LabHost[count];
        for (var i = 0; i < count; i++) hosts[i] = await AddHostAsync($"{name}{i + 1}", addresses);
        return hosts;
    }

    public ValueTask DisposeAsync()
    {
        // A test's end and the process's end may both want it.
        lock (namespaces) return new ValueTask(removing ??= Task.Run(RemoveAsync));
    }

    /// <summary>Removes the laboratories of processes that are no more.</summary>
    public static async Task RemoveLeftoversAsync()
    {
        foreach (var (found, owner) in Namespace.OfLaboratories().ToList())
        {
            if (owner.IsAlive) continue;
            try
            {
                await found.RemoveAsync();
            }
            catch (LabException) when (!found.Exists)
            {
                // Another process was quicker.
            }
        }
    }

    internal T Own<T>(T process)
        where T : IAsyncDisposable
    {
        lock (processes) processes.Add(process);
        return process;
    }

    private async Task<Namespace> AddNamespaceAsync(string name)
    {
        lock (namespaces) ObjectDisposedException.ThrowIf(removing is not null, this);
        var added = await Namespace.CreateAsync(prefix + name);
        lock (namespaces) namespaces.Add(added);
        return added;
    }

    private async Task RemoveAsync()
    {
        foreach (var process in Enumerable.Reverse(Copy(processes))) await process.DisposeAsync();
        foreach (var made in Enumerable.Reverse(Copy(namespaces))) await made.RemoveAsync();
        lock (Open) Open.Remove(this);
    }

    private static List<T> Copy<T>(List<T> list)
    {
        lock (list) return [.. list];
    }

    private static void RemoveOpen()
    {
        NetworkLab[] open;
        lock (Open)
        {
            ending = true;
            open = [.. Open];
        }
        foreach (var lab in open)
        {
            try
            {
                lab.DisposeAsync().AsTask().GetAwaiter().GetResult();
            }
            catch (Exception exception)
            {
                // The next laboratory on this machine removes what is left of this one.
                Console.Error.WriteLine($"A network laboratory was not removed: {exception}");
            }
        }
    }
}
