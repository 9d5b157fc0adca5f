using System.Diagnostics;
using System.Globalization;
using Kodama.Network.Lab.Processes;

namespace Kodama.Network.Lab;

/// <summary>A machine of the laboratory: a network namespace. It shares all but the network with this one.</summary>
public sealed class LabHost
{
    private readonly NetworkLab lab;
    private readonly Namespaces.Namespace inside;
    private readonly List<LabPort> ports = [];

    internal LabHost(NetworkLab lab, string name, Namespaces.Namespace inside)
    {
        this.lab = lab;
        this.inside = inside;
        Name = name;
    }

    public string Name { get; }

    /// <summary>What it is called by <c>ip netns</c>.</summary>
    public string Namespace => inside.Name;

    /// <summary>Its interfaces, eth0 first.</summary>
    public IReadOnlyList<LabPort> Ports => ports;

    /// <summary>Its first interface.</summary>
    public LabPort Port => ports[0];

    /// <summary>Where a hub on it is reached by IPv4.</summary>
    /// <param name="port">Index of the interface.</param>
    public Uri Url(int port = 0, int tcpPort = 8080) =>
        new(string.Create(CultureInfo.InvariantCulture, $"http://{ports[port].Address}:{tcpPort}/"));

    internal NetworkLab Lab => lab;

    internal Namespaces.Namespace Inside => inside;

    /// <summary>A further interface, with addresses of that LAN.</summary>
    public async Task<LabPort> PlugIntoAsync(LabLan lan, Addresses addresses = Addresses.Usual)
    {
        var port = new LabPort(this, lan, string.Create(CultureInfo.InvariantCulture, $"eth{ports.Count}"));
        await port.CreateAsync(addresses);
        ports.Add(port);
        return port;
    }

    /// <summary>
    /// What a machine with containers has besides: a bridge with an address, and on it the end of a cable whose other end is in a
    /// container, which is returned.
    /// </summary>
    public async Task<LabHost> AddContainerAsync(string bridge = "docker0", string subnet = "172.17.0")
    {
        var container = await lab.AddUnpluggedHostAsync(Name + "-container");
        await inside.IpAsync(
            $"link add {bridge} type bridge mcast_snooping 0 forward_delay 0",
            $"addr add {subnet}.1/16 brd + dev {bridge}",
            $"link set {bridge} up",
            $"link add vethc0ffee type veth peer name eth0 netns {container.inside.Name}",
            $"link set vethc0ffee master {bridge} up");
        await container.inside.IpAsync($"addr add {subnet}.2/16 brd + dev eth0", "link set eth0 up");
        return container;
    }

    /// <summary>An interface as a VPN has it: a tunnel, up, with an address.</summary>
    public Task AddTunnelAsync(string name = "tun0", string address = "10.8.0.2/24") =>
        inside.IpAsync($"tuntap add {name} mode tun", $"addr add {address} dev {name}", $"link set {name} up");

    /// <summary>Loses this percentage of the packets that come in; none with 0.</summary>
    public Task LosePacketsAsync(int percent) => inside.NftAsync($$"""
        table inet loss {
        }
        delete table inet loss
        table inet loss {
          chain incoming {
            type filter hook input priority 0
            iifname != "lo" numgen random mod 100 < {{percent}} drop
          }
        }
        """);

    /// <summary>Starts a program of this machine on the host; it ends with the laboratory at the latest.</summary>
    public LabProcess Start(string program, params IEnumerable<string> arguments) =>
        lab.Own(new LabProcess(LabRequirements.Find("ip")!, [.. inside.Exec(program), .. arguments]));

    /// <summary>Runs a program to its end, which must be well; the answer is what it wrote.</summary>
    public async Task<string> RunAsync(string program, params IEnumerable<string> arguments)
    {
        await using var process = Start(program, arguments);
        var code = await process.ExitAsync();
        return code == 0 ? process.Transcript : throw new LabException($"{process} on {Name} ended with {code}:\n{process.Transcript}");
    }

    /// <summary>Returns while a TCP connection from here waits for its first answer: to an address that is silent, or unreachable
    /// unnoticed.</summary>
    public async Task WhileConnectingAsync()
    {
        var begun = Stopwatch.GetTimestamp();
        while ((await RunAsync("ss", "--tcp", "--numeric", "--no-header", "state", "syn-sent")).Length == 0)
        {
            if (Stopwatch.GetElapsedTime(begun) > Deadline.Step)
                throw new LabException($"Nothing on {this} tries to connect within {Deadline.Step}.");
        }
    }

    public override string ToString() => Name;
}
