using System.Globalization;
using Kodama.Network.Lab.Processes;

namespace Kodama.Network.Lab.Namespaces;

/// <summary>A network namespace with a name, and what is done to it.</summary>
internal sealed class Namespace(string name)
{
    private const string Folder = "/run/netns";

    public string Name => name;

    public bool Exists => File.Exists(Path.Combine(Folder, name));

    /// <summary>Those of this machine whose name the laboratory has given, of this process or of another.</summary>
    public static IEnumerable<(Namespace Namespace, LabOwner Owner)> OfLaboratories() =>
        from file in Directory.Exists(Folder) ? Directory.GetFiles(Folder) : []
        let found = Path.GetFileName(file)
        let owner = LabOwner.Of(found)
        where owner is not null
        select (new Namespace(found), owner.Value);

    /// <summary>Creates it, with its loopback up and without duplicate address detection: an IPv6 address is usable at once, as if long
    /// there.</summary>
    public static async Task<Namespace> CreateAsync(string name)
    {
        var created = new Namespace(name);
        await Tool.RunAsync("ip", ["netns", "add", name]);
        await created.ShellAsync(
            "echo 0 > /proc/sys/net/ipv6/conf/default/accept_dad; echo 1 > /proc/sys/net/ipv6/conf/all/keep_addr_on_down");
        await created.IpAsync("link set lo up");
        return created;
    }

    /// <summary>Lines for <c>ip -batch</c>, all in one go.</summary>
    public Task IpAsync(params IEnumerable<string> lines) =>
        Tool.RunAsync("ip", ["-n", name, "-batch", "-"], string.Join('\n', lines) + "\n");

    public Task BridgeAsync(string line) => Tool.RunAsync("bridge", ["-n", name, "-batch", "-"], line + "\n");

    public Task NftAsync(string rules) => Tool.RunAsync("ip", [.. Exec("nft"), "-f", "-"], rules);

    public Task ShellAsync(string script) => Tool.RunAsync("ip", [.. Exec("sh"), "-ec", script]);

    /// <summary>Arguments for <c>ip</c> that run a program inside. It replaces itself by the program, which so has the id of the process
    /// started.</summary>
    public string[] Exec(string program) => ["netns", "exec", name, LabRequirements.Find(program) ?? program];

    /// <summary>Removes it, and ends whatever still runs in it, also what no test knows of.</summary>
    public async Task RemoveAsync()
    {
        foreach (var line in (await Tool.RunAsync("ip", ["netns", "pids", name])).Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            LabProcess.Send(int.Parse(line, CultureInfo.InvariantCulture), LabProcess.Kill);
        }
        await Tool.RunAsync("ip", ["netns", "del", name]);
    }
}
