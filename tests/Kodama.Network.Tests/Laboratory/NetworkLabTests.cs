using System.Diagnostics;
using System.Globalization;
using Kodama.Network.Agent.Datagrams;
using Kodama.Network.Lab;
using Kodama.Network.Lab.Agents;
using Kodama.Testing;

namespace Kodama.Network.Tests.Laboratory;

/// <summary>The laboratory does what it says, so that what is found in it counts.</summary>
public sealed class NetworkLabTests
{
    private const int Port = 4000;
    private const string Group = "239.77.0.1";

    [Fact]
    public async Task Hosts_OnOneLan_ReachEachOtherByBothFamilies()
    {
        await using var lab = await Labs.CreateAsync();
        var one = await lab.AddHostAsync("one", Addresses.All);
        var two = await lab.AddHostAsync("two", Addresses.All);

        await one.RunAsync("ping", "-c1", "-W5", $"{two.Port.Address}");
        await one.RunAsync("ping", "-c1", "-W5", $"{two.Port.AddressV6}");
    }

    [Fact]
    public async Task Hosts_OnOtherLans_DoNot()
    {
        await using var lab = await Labs.CreateAsync();
        var one = await lab.AddHostAsync("one");
        var two = await lab.AddUnpluggedHostAsync("two");
        await two.PlugIntoAsync(await lab.AddLanAsync());

        await Assert.ThrowsAsync<LabException>(() => one.RunAsync("ping", "-c1", "-W1", $"{two.Port.Address}"));
    }

    [Fact]
    public async Task Loss_LosesAboutThatPercentageOfWhatComesIn()
    {
        await using var lab = await Labs.CreateAsync();
        var one = await lab.AddHostAsync("one");
        var two = await lab.AddHostAsync("two");

        await two.LosePacketsAsync(50);
        var lossy = await one.RunAsync("ping", "-q", "-c400", "-i0.002", "-W1", $"{two.Port.Address}");
        await two.LosePacketsAsync(0);
        var whole = await one.RunAsync("ping", "-q", "-c400", "-i0.002", "-W5", $"{two.Port.Address}");

        // The standard deviation is 10.
        Assert.InRange(Received(lossy), 140, 260);
        Assert.Equal(400, Received(whole));
    }

    [Fact]
    public async Task BlockedMulticast_StopsMulticastButNotUnicast()
    {
        await using var lab = await Labs.CreateAsync();
        var (from, to) = await PairAsync(lab);
        var listening = await ListenAsync(to);

        await SendAsync(from, Group, 1);
        await listening.NextAsync("received");
        await to.Host.Port.BlockMulticastAsync();
        await SendAsync(from, Group, 5);
        await SendAsync(from, to.Host.Port.Address.ToString(), 2);

        // What was sent last came alone: numbers begin anew, and the second unicast is number 1.
        Assert.Equal("0", (await listening.NextAsync("received")).Read<string>());
        Assert.Equal("1", (await listening.NextAsync("received")).Read<string>());
    }

    [Fact]
    public async Task Cut_StopsEverything_UntilRestored()
    {
        await using var lab = await Labs.CreateAsync();
        var one = await lab.AddHostAsync("one");
        var two = await lab.AddHostAsync("two");

        await two.Port.CutAsync();
        await Assert.ThrowsAsync<LabException>(() => one.RunAsync("ping", "-c1", "-W1", $"{two.Port.Address}"));
        await two.Port.RestoreAsync();
        await one.RunAsync("ping", "-c3", "-W5", $"{two.Port.Address}");
    }

    [Fact]
    public async Task Unplugged_TheHostSeesNoCarrier()
    {
        await using var lab = await Labs.CreateAsync();
        var host = await lab.AddHostAsync("host");

        Assert.Contains("state UP", await host.RunAsync("ip", "link", "show", "eth0"), StringComparison.Ordinal);
        await host.Port.UnplugAsync();
        Assert.Contains("NO-CARRIER", await host.RunAsync("ip", "link", "show", "eth0"), StringComparison.Ordinal);
        await host.Port.PlugAsync();
        Assert.Contains("state UP", await host.RunAsync("ip", "link", "show", "eth0"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Container_ReachesItsHostOnly()
    {
        await using var lab = await Labs.CreateAsync();
        var host = await lab.AddHostAsync("host");
        var container = await host.AddContainerAsync();
        await host.AddTunnelAsync();

        await container.RunAsync("ping", "-c1", "-W5", "172.17.0.1");
        await Assert.ThrowsAsync<LabException>(() => container.RunAsync("ping", "-c1", "-W1", $"{host.Port.Address}"));
    }

    [Fact]
    public async Task Disposing_EndsProcessesAndRemovesNamespaces()
    {
        var lab = await Labs.CreateAsync();
        var host = await lab.AddHostAsync("host");
        var process = host.Start("sh", "-c", "sleep 1000 & echo $!; wait");
        var child = int.Parse(await process.LineAsync(_ => true), CultureInfo.InvariantCulture);

        await lab.DisposeAsync();

        await Deadline.UntilAsync(() => !IsRunning(process.Id) && !IsRunning(child));
        Assert.False(File.Exists(NamespaceFile(host.Namespace)));
    }

    [Fact]
    public async Task Leftovers_OfAProcessThatWasKilled_AreRemovedWithTheirProcesses_OthersStay()
    {
        await using var lab = await Labs.CreateAsync();
        var host = await lab.AddHostAsync("host");
        using var gone = Process.Start("true");
        await gone.WaitForExitAsync().Within();
        var leftover = $"kodama-lab-{gone.Id}.1-1-host";
        await RunAsync("ip", "netns", "add", leftover);
        using var left = Process.Start("ip", ["netns", "exec", leftover, "sleep", "1000"]);
        await Deadline.UntilAsync(() => File.ReadAllText($"/proc/{left.Id}/comm").StartsWith("sleep", StringComparison.Ordinal));

        await NetworkLab.RemoveLeftoversAsync();

        await left.WaitForExitAsync().Within();
        Assert.False(File.Exists(NamespaceFile(leftover)));
        Assert.True(File.Exists(NamespaceFile(host.Namespace)));
    }

    private static string NamespaceFile(string name) => Path.Combine("/run/netns", name);

    // A process that nobody has waited for yet is a zombie, which does not run.
    private static bool IsRunning(int process)
    {
        try
        {
            return !File.ReadAllText($"/proc/{process}/stat").Contains(") Z ", StringComparison.Ordinal);
        }
        catch (IOException)
        {
            return false;
        }
    }

    private static async Task RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(program, arguments);
        await process.WaitForExitAsync().Within();
        Assert.Equal(0, process.ExitCode);
    }

    // "400 packets transmitted, 199 received, 50.25% packet loss"
    private static int Received(string ping) => int.Parse(ping.Split("transmitted, ")[1].Split(' ')[0], CultureInfo.InvariantCulture);

    private static async Task<(LabAgent From, LabAgent To)> PairAsync(NetworkLab lab) =>
        (LabAgent.Start(await lab.AddHostAsync("from")), LabAgent.Start(await lab.AddHostAsync("to")));

    private static async Task<AgentErrand> ListenAsync(LabAgent agent)
    {
        var listening = await agent.SendAsync("listen", new ListenArguments(Port, Group, agent.Host.Port.Address.ToString()));
        await listening.NextAsync("listening");
        return listening;
    }

    private static async Task SendAsync(LabAgent agent, string to, int count)
    {
        var sending = await agent.SendAsync("send", new SendArguments(to, Port, agent.Host.Port.Address.ToString(), count));
        await sending.DoneAsync();
    }
}
