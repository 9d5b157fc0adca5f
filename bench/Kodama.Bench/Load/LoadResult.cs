using System.Text.Json;
using System.Text.Json.Serialization;

namespace Kodama.Bench.Load;

/// <summary>What a load generator saw: its line of JSON. wsload writes the same names; what it does not know stays null.</summary>
internal sealed record LoadResult
{
    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    public required string Mode { get; init; }

    [JsonPropertyName("conns")]
    public int Connections { get; init; }

    [JsonPropertyName("conn_per_s")]
    public double? ConnectionsPerSecond { get; init; }

    [JsonPropertyName("kb_per_conn")]
    public double? KilobytesPerConnection { get; init; }

    [JsonPropertyName("server_cpu_us_per_conn")]
    public double? ServerMicrosecondsPerConnection { get; init; }

    [JsonPropertyName("sent_per_s")]
    public double? SentPerSecond { get; init; }

    [JsonPropertyName("deliveries_per_s")]
    public double? DeliveriesPerSecond { get; init; }

    [JsonPropertyName("p50_us")]
    public double? MedianMicroseconds { get; init; }

    [JsonPropertyName("p99_us")]
    public double? Percentile99Microseconds { get; init; }

    [JsonPropertyName("server_cpu_cores")]
    public double? ServerCores { get; init; }

    [JsonPropertyName("server_cpu_us_per_delivery")]
    public double? ServerMicrosecondsPerDelivery { get; init; }

    /// <summary>Polling: GETs and POSTs that were answered.</summary>
    [JsonPropertyName("requests_per_s")]
    public double? RequestsPerSecond { get; init; }

    [JsonPropertyName("server_cpu_us_per_request")]
    public double? ServerMicrosecondsPerRequest { get; init; }

    /// <summary>Resume: from the first that comes back to the last that is live.</summary>
    public double? SecondsToLive { get; init; }

    /// <summary>Join: CPU for a byte of what was before.</summary>
    [JsonPropertyName("server_cpu_ns_per_byte")]
    public double? ServerNanosecondsPerByte { get; init; }

    /// <summary>Join: CPU for a byte of as many messages that were published at once.</summary>
    [JsonPropertyName("server_cpu_ns_per_byte_at_once")]
    public double? ServerNanosecondsPerByteAtOnce { get; init; }

    /// <summary>Join: CPU for a byte of as many messages that were published at the rate.</summary>
    [JsonPropertyName("server_cpu_ns_per_byte_live")]
    public double? ServerNanosecondsPerByteLive { get; init; }

    /// <summary>Cores the generator itself used: near 1 it, not the server, was the limit.</summary>
    [JsonPropertyName("load_cpu_cores")]
    public double? LoadCores { get; init; }

    /// <summary>The server's resident memory at the end.</summary>
    [JsonPropertyName("rss_mb")]
    public double? ResidentMegabytes { get; init; }

    public long Expected { get; init; }

    public long Got { get; init; }

    public long Gaps { get; init; }

    [JsonPropertyName("dup")]
    public long Duplicates { get; init; }

    public long OutOfOrder { get; init; }

    /// <summary>Messages whose bytes were not those that were sent.</summary>
    public long Altered { get; init; }

    /// <summary>Messages that reached a connection which should not see them: of another room, or its own.</summary>
    public long Strays { get; init; }

    /// <summary>Connections that the server closed.</summary>
    public long Closed { get; init; }

    /// <summary>What no load excuses, or null: it is not overload that delivers twice or in the wrong order.</summary>
    [JsonIgnore]
    public string? Corrupted =>
        Faults([(Duplicates, "twice"), (OutOfOrder, "out of order"), (Altered, "altered"), (Strays, "to the wrong peer")]);

    public static LoadResult Parse(string json) =>
        JsonSerializer.Deserialize<LoadResult>(json, Json) ?? throw new JsonException("The load generator wrote null.");

    public string ToJson() => JsonSerializer.Serialize(this, Json);

    /// <summary>
    /// What broke the promise that everything arrives, once and in order, or null. <paramref name="mayFly"/> messages may still have
    /// been under way at the end (wsload does not wait for the last echoes).
    /// </summary>
    public string? Broken(long mayFly = 0)
    {
        var missing = Expected - Got;
        var counts = Faults(
            [(missing > mayFly ? missing : 0, "missing"), (-missing, "too many"), (Gaps, "skipped"), (Closed, "connections closed")]);
        return (counts, Corrupted) is ({ } one, { } other) ? $"{one}, {other}" : counts ?? Corrupted;
    }

    private static string? Faults((long Count, string What)[] faults)
    {
        var found = faults.Where(f => f.Count > 0).Select(f => $"{f.Count:N0} {f.What}").ToList();
        return found.Count == 0 ? null : string.Join(", ", found);
    }
}
