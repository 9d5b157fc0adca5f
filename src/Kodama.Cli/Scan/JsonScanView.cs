using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Kodama.Cli.Terminals;
using Kodama.Cli.Hubs;
using Kodama.Discovery;

namespace Kodama.Cli.Scan;

/// <summary>For programs: one JSON object per hub and line. Control characters are escaped by JSON itself.</summary>
internal sealed class JsonScanView(Terminal terminal, bool watch) : IScanView
{
    // Letters of any script stand for themselves.
    private static readonly ScanJson Json =
        new(new JsonSerializerOptions(ScanJson.Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    public async Task<int> ShowAsync(IAsyncEnumerable<HubChange> changes)
    {
        var found = 0;
        await foreach (var (kind, hub) in changes)
        {
            if (kind == HubChangeKind.Found) found++;
            var line = new HubLine(
                watch ? HubWords.Change(kind) : null, hub.Id, hub.Cluster, hub.Name, HubWords.Url(hub.Address),
                [.. hub.Addresses.Select(HubWords.Url)], hub.Path, hub.CertificateFingerprint,
                hub.Details, hub.Latency == TimeSpan.Zero ? null : Math.Round(hub.Latency.TotalMilliseconds, 3), [.. Ways(hub.FoundBy)]);
            terminal.WriteLine(JsonSerializer.Serialize(line, Json.HubLine));
        }
        return found;
    }

    private static IEnumerable<string> Ways(FoundBy by)
    {
        if (by.HasFlag(FoundBy.Mdns)) yield return "mdns";
        if (by.HasFlag(FoundBy.Sweep)) yield return "sweep";
    }
}

internal sealed record HubLine(
    string? Change, string Id, string? Cluster, string Name, string Address, IReadOnlyList<string> Addresses, string Path, string? Tls,
    IReadOnlyDictionary<string, string> Details, double? LatencyMs, IReadOnlyList<string> FoundBy);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(HubLine))]
internal sealed partial class ScanJson : JsonSerializerContext;
