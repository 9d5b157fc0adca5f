using System.Text.Json;
using Kodama.Network.Agent.Hubs;
using Kodama.Network.Lab.Agents;

namespace Kodama.Network.Tests.Cli;

/// <summary>The command line on a network of hosts, as people run it.</summary>
public sealed class CommandTests
{
    private static readonly string Kodama = Path.Combine(AppContext.BaseDirectory, "kodama.dll");

    [Fact]
    public async Task Scan_AsJson_TellsOfTheHub()
    {
        await using var lab = await Labs.CreateAsync();
        var hub = LabAgent.Start(await lab.AddHostAsync("hub"));
        var host = await lab.AddHostAsync("person");
        await hub.ServeAsync(new ServeArguments("Lounge"));

        await using var scanning = host.Start("dotnet", Kodama, "scan", "--json");
        var line = await scanning.LineAsync("Lounge");

        Assert.Contains(hub.Host.Url().Host, line, StringComparison.Ordinal);
        Assert.Equal(JsonValueKind.Object, JsonDocument.Parse(line).RootElement.ValueKind);
        Assert.Equal(0, await scanning.ExitAsync());
    }

    [Fact]
    public async Task Serve_IsFoundByScan()
    {
        await using var lab = await Labs.CreateAsync();
        var hub = await lab.AddHostAsync("hub");
        var person = await lab.AddHostAsync("person");
        await using var serving = hub.Start("dotnet", Kodama, "serve", "--quiet", "--name", "Lounge");
        await serving.LineAsync("http://");

        Assert.Contains("Lounge", await person.RunAsync("dotnet", Kodama, "scan"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Connect_ByName_SpeaksThroughAPipe()
    {
        await using var lab = await Labs.CreateAsync();
        var hub = LabAgent.Start(await lab.AddHostAsync("hub"));
        var person = await lab.AddHostAsync("person");
        await hub.ServeAsync(new ServeArguments("Lounge"));

        // The hub echoes.
        await using var connecting = person.Start("dotnet", Kodama, "connect", "Lounge");
        await connecting.WriteLineAsync("hi there");
        await connecting.LineAsync("hi there");
        connecting.CloseInput();

        Assert.Equal(0, await connecting.ExitAsync());
    }

    [Fact]
    public async Task Doctor_TellsOfTheInterfaceAndTheHub()
    {
        await using var lab = await Labs.CreateAsync();
        var hub = LabAgent.Start(await lab.AddHostAsync("hub"));
        var person = await lab.AddHostAsync("person");
        await hub.ServeAsync(new ServeArguments("Lounge"));

        await using var doctor = person.Start("dotnet", Kodama, "doctor", $"{hub.Host.Url()}");
        await doctor.ExitAsync();

        Assert.Contains("eth0", doctor.Transcript, StringComparison.Ordinal);
        Assert.Contains("Lounge", doctor.Transcript, StringComparison.Ordinal);
    }
}
