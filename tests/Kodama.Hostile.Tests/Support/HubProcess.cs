using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Reflection;
using System.Text;
using System.Text.RegularExpressions;
using Kodama.Testing;

namespace Kodama.Hostile.Tests;

/// <summary><c>kodama serve</c> as a process of its own, and what /proc knows of it.</summary>
internal sealed partial class HubProcess : IRunningHub
{
    /// <summary>Where those who do nothing wrong are: what they say comes back to them.</summary>
    public static IEnumerable<string> EchoRooms { get; } = [.. new[] { HealthyPeer.Room, Siege.NewcomersRoom }.Select(room =>
        $"Kodama__Rooms__{room}__Echo")];

    private readonly Process process;
    private readonly StringBuilder printed = new();
    private readonly TaskCompletionSource<string> address = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private HubProcess(Process process) => this.process = process;

    public static string Assembly { get; } = Metadata("Kodama");

    public Uri Address { get; private set; } = null!;

    public bool IsAlive => !process.HasExited;

    /// <summary>What its tests must know to see the addresses of peers.</summary>
    public const string AdminToken = "of-whoever-runs-the-hub";

    public HubMemory Memory => new(process.Id);

    public string Printed
    {
        get
        {
            lock (printed) return printed.ToString();
        }
    }

    /// <summary>Starts it and waits until it says where it listens.</summary>
    /// <param name="arguments">Besides those for a free port, quiet, and not told of on the network.</param>
    /// <param name="host">Where it listens.</param>
    /// <param name="descriptors">Most descriptors that it may open; null for as many as this process.</param>
    public static async Task<HubProcess> StartAsync(IEnumerable<string> arguments, string host = "127.0.0.1", int? descriptors = null)
    {
        string[] hub = ["dotnet", Assembly, "serve", "--port", "0", "--host", host, "--quiet", "--no-advertise", .. arguments];
        var start = descriptors is { } limit
            ? new ProcessStartInfo("sh", ["-c", string.Create(CultureInfo.InvariantCulture, $"ulimit -n {limit}; exec \"$@\""), "sh",
                .. hub])
            : new ProcessStartInfo(hub[0], hub[1..]);
        (start.RedirectStandardOutput, start.RedirectStandardError) = (true, true);
        start.Environment["NO_COLOR"] = "1";
        start.Environment["Kodama__AdminToken"] = AdminToken;
        foreach (var room in EchoRooms) start.Environment[room] = "true";
        // Neither an appsettings.json of someone else.
        start.WorkingDirectory = AppContext.BaseDirectory;
        var running = new HubProcess(new Process { StartInfo = start, EnableRaisingEvents = true });
        await running.StartAsync();
        // One that listens everywhere names the address that others reach best; the attacks stay on this machine.
        if (!IPAddress.IsLoopback(IPAddress.Parse(host))) running.Address = new UriBuilder(running.Address) { Host = "127.0.0.1" }.Uri;
        return running;
    }

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited) process.Kill();
        await process.WaitForExitAsync().Within();
        process.Dispose();
    }

    internal static string Metadata(string key) =>
        typeof(HubProcess).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == key).Value!;

    private async Task StartAsync()
    {
        process.OutputDataReceived += OnPrinted;
        process.ErrorDataReceived += OnPrinted;
        process.Exited += (_, _) => address.TrySetException(new InvalidOperationException($"The hub has ended: {Printed}"));
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        Address = new Uri(await address.Task.Within());
    }

    private void OnPrinted(object sender, DataReceivedEventArgs e)
    {
        if (e.Data is null) return;
        lock (printed) printed.AppendLine(e.Data);
        if (AddressPattern().Match(e.Data) is { Success: true } match) address.TrySetResult(match.Value);
    }

    [GeneratedRegex(@"https?://\S+:\d+")]
    private static partial Regex AddressPattern();
}
