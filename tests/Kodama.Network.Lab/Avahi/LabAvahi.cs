using Kodama.Network.Lab.Processes;

namespace Kodama.Network.Lab.Avahi;

/// <summary>
/// Avahi on a host of the laboratory, with a message bus of its own. Both have their sockets in /run, so they and the tools that ask them
/// live in a mount namespace with an empty /run; what they write there is gone with them.
/// </summary>
public sealed class LabAvahi : IAsyncDisposable
{
    private const string Prepare = """
        mount -t tmpfs tmpfs /run
        mkdir /run/dbus /run/avahi-daemon
        printf %s "$1" > /run/bus.conf
        printf %s "$2" > /run/avahi.conf
        exec dbus-daemon --config-file=/run/bus.conf --nofork --nopidfile --print-address
        """;

    private readonly LabProcess bus;
    private readonly LabProcess daemon;

    private LabAvahi(LabHost host, LabProcess bus, LabProcess daemon)
    {
        Host = host;
        this.bus = bus;
        this.daemon = daemon;
    }

    /// <summary>Starts it, and returns when it has announced the host as <c>NAME.local</c>.</summary>
    public static async Task<LabAvahi> StartAsync(LabHost host)
    {
        // `ip netns exec` has already made a mount namespace, from which nothing comes back here.
        var bus = host.Start("sh", "-ec", Prepare, "sh", AvahiConfiguration.Bus, AvahiConfiguration.Daemon(host.Name));
        await bus.LineAsync("unix:path=");
        var daemon = Inside(host, bus, "sh", "-c", "exec avahi-daemon --no-drop-root --no-chroot --no-rlimits --file=/run/avahi.conf 2>&1");
        await daemon.LineAsync("Server startup complete");
        return new LabAvahi(host, bus, daemon);
    }

    public LabHost Host { get; }

    /// <summary>What it has written.</summary>
    public string Log => daemon.Transcript;

    /// <summary>Publishes a service until the process is ended, and returns when it is established; under which name is in that
    /// line.</summary>
    public async Task<(LabProcess Publishing, string Established)> PublishAsync(
        string name, string type, int port, params IEnumerable<string> txt)
    {
        var publishing = Inside(
            Host, bus, "sh", ["-c", "exec avahi-publish \"$@\" 2>&1", "sh", "--service", name, type, $"{port}", .. txt]);
        return (publishing, await publishing.LineAsync("Established under name"));
    }

    /// <summary>Keeps browsing; a resolved service is a line beginning with <c>=</c>, one that went away with <c>-</c>, fields divided by
    /// semicolons.</summary>
    public LabProcess Browse(string type) => Inside(Host, bus, "avahi-browse", "--resolve", "--parsable", "--no-db-lookup", type);

    /// <summary>The address of a host name.</summary>
    public async Task<string> ResolveAsync(string name)
    {
        await using var resolving = Inside(Host, bus, "avahi-resolve", "--name", "-4", name);
        return await resolving.LineAsync(name);
    }

    /// <summary>Ends it with goodbyes for all it has published.</summary>
    public async Task StopAsync()
    {
        daemon.Signal(LabProcess.Terminate);
        await daemon.ExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await daemon.DisposeAsync();
        await bus.DisposeAsync();
    }

    private static LabProcess Inside(LabHost host, LabProcess bus, string program, params IEnumerable<string> arguments) =>
        host.Lab.Own(new LabProcess(LabRequirements.Find("nsenter")!, [$"--target={bus.Id}", "--mount", "--net", program, .. arguments]));
}
