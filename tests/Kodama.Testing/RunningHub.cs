using System.Globalization;

namespace Kodama.Testing;

/// <summary>
/// A hub on this machine, as people run it: <c>kodama serve</c> in a process of its own. How it runs is decided in this file alone.
/// </summary>
public sealed class RunningHub : IAsyncDisposable
{
    private readonly ChildProcess process;

    private RunningHub(HubSettings settings, ChildProcess process, Uri url)
    {
        Settings = settings;
        this.process = process;
        Url = url;
    }

    public HubSettings Settings { get; }

    /// <summary>Where it is, such as <c>http://127.0.0.1:40123/</c>.</summary>
    public Uri Url { get; }

    public static async Task<RunningHub> StartAsync(HubSettings? settings = null)
    {
        settings ??= new HubSettings();
        var process = ChildProcess.Start(
            "dotnet",
            [Repository.Program, "serve", "--quiet", "--host", "127.0.0.1", .. Arguments(settings)],
            environment: settings.Environment);
        try
        {
            var address = await process.ReadUntilAsync("://", settings.Patience);
            return new RunningHub(settings, process, new Uri(new Uri(address.Trim()).GetLeftPart(UriPartial.Authority)));
        }
        catch
        {
            await process.DisposeAsync();
            throw;
        }
    }

    /// <summary>Stops it gracefully.</summary>
    public Task StopAsync() => process.StopAsync();

    /// <summary>Ends it as a power cut does.</summary>
    public Task KillAsync() => process.DisposeAsync().AsTask();

    /// <summary>Another one like it, at the address that this one had; of another name, if one is given.</summary>
    public Task<RunningHub> StartAgainAsync(string? name = null) =>
        StartAsync(Settings with { Port = Url.Port, Name = name ?? Settings.Name });

    /// <summary>The WebSocket address of a room, with the query that names a peer's details.</summary>
    public Uri Room(string room, string query = "") => new UriBuilder(Url) { Scheme = "ws", Path = "/ws/" + room, Query = query }.Uri;

    /// <summary>The address of the Socket.IO door.</summary>
    public Uri SocketIO(string query = "") => new UriBuilder(Url) { Query = query }.Uri;

    public ValueTask DisposeAsync() => process.DisposeAsync();

    private static IEnumerable<string> Arguments(HubSettings settings)
    {
        yield return "--port=" + settings.Port.ToString(CultureInfo.InvariantCulture);
        yield return "--name=" + settings.Name;
        if (settings.Token is not null) yield return "--token=" + settings.Token;
        if (settings.AdminToken is not null) yield return "--admin-token=" + settings.AdminToken;
        if (settings.MaxPeers is { } most) yield return "--max-peers=" + most.ToString(CultureInfo.InvariantCulture);
        if (settings.Data is not null) yield return "--data=" + settings.Data;
        if (!settings.Advertises) yield return "--no-advertise";
        foreach (var origin in settings.Origins) yield return "--origin=" + origin;
    }
}
