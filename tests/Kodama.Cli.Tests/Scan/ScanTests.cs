using System.Text.Json;
using Kodama.Cli.Tests.Support;

namespace Kodama.Cli.Tests.Scan;

public sealed class ScanTests
{
    [Fact]
    public async Task Scan_OnPipe_IsOneLineWithTabs()
    {
        await using var hub = await LocalHub.StartAsync(o => o.Details["floor"] = "2");

        var exit = await KodamaProcess.RunAsync("scan", "127.0.0.1", "--sweep-only", "--port", hub.Port, "--timeout", "20s");

        Assert.Equal(0, exit.Code);
        var columns = Assert.Single(exit.Output.TrimEnd('\n').Split('\n')).Split('\t');
        Assert.Equal(
            ["Lounge", $"http://127.0.0.1:{hub.Port}", "sweep", "floor=2"], new[] { columns[0], columns[1], columns[3], columns[4] });
        Assert.Matches(@"^\d+(\.\d)? ms$", columns[2]);
    }

    [Fact]
    public async Task Scan_Json_IsOneObjectPerHub()
    {
        await using var first = await LocalHub.StartAsync(o => o.Name = "木霊");
        await using var second = await LocalHub.StartAsync();

        var exit = await KodamaProcess.RunAsync(
            "scan", "127.0.0.1", "--sweep-only", "-p", first.Port, "-p", second.Port, "--json", "--timeout", "20s");

        Assert.Equal(0, exit.Code);
        Assert.Contains("\"name\":\"木霊\"", exit.Output, StringComparison.Ordinal);
        var hubs = exit.Output.TrimEnd('\n').Split('\n').Select(line => JsonElement.Parse(line))
            .ToDictionary(h => h.GetProperty("name").GetString()!);
        Assert.Equal(first.Hub.Id, hubs["木霊"].GetProperty("id").GetString());
        Assert.Equal($"http://127.0.0.1:{second.Port}/", hubs["Lounge"].GetProperty("address").GetString());
        Assert.Equal("/ws", hubs["Lounge"].GetProperty("path").GetString());
        Assert.Equal("Lounge", hubs["Lounge"].GetProperty("details").GetProperty("name").GetString());
        Assert.Equal(["sweep"], hubs["Lounge"].GetProperty("foundBy").EnumerateArray().Select(w => w.GetString()));
    }

    [Fact]
    public async Task Scan_NothingThere_ExitsWith5AndSaysWhatToDo()
    {
        // The port is free for as long as it is bound and not listened on.
        using var bound = new System.Net.Sockets.Socket(System.Net.Sockets.SocketType.Stream, System.Net.Sockets.ProtocolType.Tcp);
        bound.Bind(new System.Net.IPEndPoint(System.Net.IPAddress.Loopback, 0));
        var port = ((System.Net.IPEndPoint)bound.LocalEndPoint!).Port.ToString(System.Globalization.CultureInfo.InvariantCulture);

        var exit = await KodamaProcess.RunAsync("scan", "127.0.0.1", "--sweep-only", "--port", port, "--timeout", "20s");

        Assert.Equal(5, exit.Code);
        Assert.Equal("", exit.Output);
        Assert.Contains("no hub was found in 127.0.0.1", exit.Error, StringComparison.Ordinal);
        Assert.Contains("kodama doctor", exit.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Scan_HostThatNobodyKnows_SaysSo()
    {
        var exit = await KodamaProcess.RunAsync("scan", "no-such-host.invalid");

        Assert.Equal(5, exit.Code);
        Assert.StartsWith("kodama: The host \"no-such-host.invalid\" was not found: ", exit.Error, StringComparison.Ordinal);
        Assert.Single(exit.Error.TrimEnd().Split('\n'));
    }

    [Fact]
    public async Task Scan_OfAnAddress_LooksNowhereElse()
    {
        await using var hub = KodamaProcess.Start(["serve", "--port", "0", "--quiet"]);
        var port = (await hub.AddressAsync()).Port;

        // It is told of by mDNS, if anything here can be.
        var exit = await KodamaProcess.RunAsync("scan", "127.0.0.1", "--port", $"{(port == 65535 ? 1 : 65535)}", "--timeout", "2s");

        Assert.Equal((5, ""), (exit.Code, exit.Output));
    }

    [Theory]
    [InlineData("10.0.0.0/33", "scan", "10.0.0.0/33")]
    [InlineData("--port is \"0\"", "scan", "--port", "0")]
    [InlineData("--timeout is \"soon\"", "scan", "--timeout", "soon")]
    [InlineData("no-such-interface", "scan", "--interface", "no-such-interface")]
    [InlineData("--mdns-only and --sweep-only", "scan", "--mdns-only", "--sweep-only")]
    [InlineData("--mdns-only tries no address", "scan", "--mdns-only", "192.168.1")]
    public async Task Scan_BadInput_ExitsWith2AndNamesIt(string said, params string[] arguments)
    {
        var exit = await KodamaProcess.RunAsync(arguments);

        Assert.Equal(2, exit.Code);
        Assert.Contains(said, exit.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", exit.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Scan_HostileName_NeverLeavesRaw(bool json)
    {
        await using var hub = await LocalHub.StartAsync(o =>
        {
            o.Name = Hostile.Name;
            o.Details["key\e"] = "a\tb\e[31m";
        });

        var exit = await KodamaProcess.RunAsync(
            ["scan", "127.0.0.1", "--sweep-only", "--port", hub.Port, "--timeout", "20s", .. json ? (string[])["--json"] : []]);

        Assert.Equal(0, exit.Code);
        Assert.DoesNotContain(exit.Output.TrimEnd('\n'), c => char.IsControl(c) && c != '\t');
        Assert.DoesNotContain('\u202e', json ? "" : exit.Output);
        Assert.Contains("[red]Evil[/]", exit.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Scan_Watch_TellsWhatComesAndGoes()
    {
        await using var hub = await LocalHub.StartAsync();
        await using var kodama = KodamaProcess.Start(["scan", "127.0.0.1", "--sweep-only", "--port", hub.Port, "--watch"]);

        Assert.StartsWith("found\tLounge\t", await kodama.LineAsync(_ => true), StringComparison.Ordinal);
        await hub.DisposeAsync();
        Assert.StartsWith(
            "lost\tLounge\t",
            await kodama.LineAsync(line => !line.StartsWith("changed", StringComparison.Ordinal)),
            StringComparison.Ordinal);

        kodama.Signal(KodamaProcess.Interrupt);
        Assert.Equal(0, (await kodama.ExitAsync()).Code);
    }
}
