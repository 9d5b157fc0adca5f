using System.Text.Json;
using Kodama.Testing;

namespace Kodama.Chaos;

/// <summary>Clients of kodama-client, in a process of Node; or in pages of a Chromium that such a process drives.</summary>
internal sealed class ScriptSpeakers : ISpeakers
{
    private static readonly JsonSerializerOptions Json = JsonSerializerOptions.Web;
    private readonly ChildProcess process;
    private readonly Task listening;

    private ScriptSpeakers(IReadOnlyList<Speaker> all, ChildProcess process)
    {
        All = all;
        this.process = process;
        listening = ListenAsync();
    }

    public IReadOnlyList<Speaker> All { get; }

    /// <summary>What it complained of.</summary>
    public string Errors => process.Errors;

    /// <param name="all">Who.</param>
    /// <param name="inPages">Whether each is in a page of a browser.</param>
    /// <param name="options">How they speak.</param>
    public static async Task<ScriptSpeakers> StartAsync(IReadOnlyList<Speaker> all, bool inPages, ChaosOptions options)
    {
        var folder = Path.Combine(Repository.Root, "clients", "js", "test", "chaos");
        var speakers = new ScriptSpeakers(all, ChildProcess.Start("node", ["main.mjs", inPages ? "pages" : "node"], folder));
        var pause = options.Pause.TotalMilliseconds;
        var who = all.Select(s => new { s.Name, Address = new Uri(s.Way.Address, "/ws"), Pause = pause, options.Handfuls });
        await speakers.process.WriteLineAsync(JsonSerializer.Serialize(who, Json));
        return speakers;
    }

    public Task DoAsync(Errand errand)
    {
        var method = $"{errand}";
        return process.WriteLineAsync(char.ToLowerInvariant(method[0]) + method[1..]);
    }

    public async ValueTask DisposeAsync()
    {
        await process.DisposeAsync();
        await listening;
    }

    private async Task ListenAsync()
    {
        var byName = All.ToDictionary(s => s.Name);
        await foreach (var line in process.Lines)
        {
            var happened = JsonSerializer.Deserialize<SpeakerEvent>(line, Json)!;
            byName[happened.Name].Tell(happened);
        }
    }
}
