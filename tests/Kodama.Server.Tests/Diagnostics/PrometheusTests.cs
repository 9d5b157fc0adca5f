using System.Diagnostics.Metrics;
using System.Globalization;
using System.Net;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Kodama.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Kodama.Server.Tests;

/// <summary><c>/metrics</c>, as Prometheus reads it (docs/metrics.md).</summary>
public sealed partial class PrometheusTests
{
    private const string OpenMetrics = "application/openmetrics-text";

    [Fact(Timeout = 60_000)]
    public async Task Metrics_OfAHub_TellWhatHappened()
    {
        await using var hub = await TestHub.StartAsync();
        // The sizes of flushes are counted from the first look on.
        await AskAsync(hub);
        await using var sender = await hub.JoinAsync();
        await using var receiver = await hub.JoinAsync();
        await sender.SendAsync("hello");
        Assert.Equal("hello", await receiver.ReceiveTextAsync());
        await using (var refused = await hub.RawAsync())
        {
            await refused.SendTextAsync(refused.UpgradeHead("/ws", "Origin: http://evil.example\r\n"));
            await refused.ReadResponseAsync();
        }

        // A receiver may have read before the sending thread has counted.
        var samples = Read(await AskAsync(hub));
        while (samples["kodama_flush_size_bytes_count"] == 0) samples = Read(await AskAsync(hub));

        Assert.Equal(2, samples["kodama_peers"]);
        Assert.Equal(1, samples["kodama_rooms"]);
        Assert.Equal(1, samples["kodama_messages_in_total"]);
        Assert.Equal(1, samples["kodama_messages_out_total"]);
        Assert.Equal(5, samples["kodama_in_bytes_total"]);
        Assert.Equal(7, samples["kodama_out_bytes_total"]);
        Assert.Equal(1, samples["kodama_refusals_total{stage=\"origin\"}"]);
        Assert.Equal(7, samples["kodama_flush_size_bytes_sum"]);
        Assert.Equal(1, samples["kodama_flush_size_bytes_bucket{le=\"64\"}"]);
        Assert.Equal(1, samples["kodama_flush_size_bytes_bucket{le=\"+Inf\"}"]);
        Assert.True(samples["process_cpu_seconds_total"] > 0);
        Assert.True(samples["process_resident_memory_bytes"] > 1_000_000);
        Assert.InRange(samples["process_start_time_seconds"], 1.7e9, DateTimeOffset.UtcNow.ToUnixTimeSeconds() + 1);
    }

    [Theory]
    [InlineData("")]
    [InlineData(OpenMetrics)]
    public async Task Metrics_InEitherFormat_KeepToIt(string accept)
    {
        await using var hub = await TestHub.StartAsync();
        await using (var refused = await hub.RawAsync())
        {
            await refused.SendTextAsync(refused.UpgradeHead("/ws", "Origin: http://evil.example\r\n"));
            await refused.ReadResponseAsync();
        }

        var lines = (await AskAsync(hub, accept)).Split('\n');

        Assert.Equal("", lines[^1]);
        if (accept == OpenMetrics) Assert.Equal("# EOF", lines[^2]);
        var (family, type) = ("", "");
        var families = new HashSet<string>();
        foreach (var line in accept == OpenMetrics ? lines[..^2] : lines[..^1])
        {
            if (line.StartsWith("# HELP ", StringComparison.Ordinal))
            {
                family = line.Split(' ')[2];
                Assert.True(families.Add(family), $"{family} is there twice.");
            }
            else if (line.StartsWith("# TYPE ", StringComparison.Ordinal))
            {
                Assert.Equal(family, line.Split(' ')[2]);
                type = line.Split(' ')[3];
                Assert.Contains(type, (string[])["gauge", "counter", "histogram"]);
                Assert.Equal(accept != OpenMetrics && type == "counter", family.EndsWith("_total", StringComparison.Ordinal));
            }
            else if (line.StartsWith("# UNIT ", StringComparison.Ordinal))
            {
                Assert.Equal(OpenMetrics, accept);
                Assert.EndsWith("_" + line.Split(' ')[3], family, StringComparison.Ordinal);
            }
            else
            {
                var sample = Sample().Match(line);
                Assert.True(sample.Success, line);
                string[] suffixes = type == "histogram" ? ["_bucket", "_sum", "_count"]
                    : type == "counter" && accept == OpenMetrics ? ["_total"] : [""];
                Assert.Contains(sample.Groups[1].Value, suffixes.Select(suffix => family + suffix));
            }
        }
    }

    [Theory]
    [InlineData("", false)]
    [InlineData("*/*", false)]
    [InlineData(OpenMetrics, true)]
    [InlineData(OpenMetrics + ";version=1.0.0;q=0.5,text/plain;version=0.0.4;q=0.4,*/*;q=0.1", true)]
    [InlineData(OpenMetrics + ";version=1.0.0;q=0.3,text/plain;version=0.0.4;q=0.4", false)]
    [InlineData(OpenMetrics + ";q=0", false)]
    [InlineData("nonsense;;;", false)]
    public async Task Format_IsTheOneThatIsAskedFor(string accept, bool isOpenMetrics)
    {
        await using var hub = await TestHub.StartAsync();
        await using var client = await hub.RawAsync();

        await client.SendTextAsync($"GET /metrics HTTP/1.1\r\nHost: {client.Authority}\r\nAccept: {accept}\r\n\r\n");
        var answer = (await client.ReadResponseAsync())!;

        Assert.Equal(
            isOpenMetrics ? $"{OpenMetrics}; version=1.0.0; charset=utf-8" : "text/plain; version=0.0.4; charset=utf-8",
            answer.Header("Content-Type"));
        Assert.Equal(isOpenMetrics, answer.Body.EndsWith("# EOF\n", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Metrics_OfTwoHubsInOneProcess_AreTheirOwn()
    {
        await using var one = await TestHub.StartAsync();
        await using var other = await TestHub.StartAsync();
        await using var peer = await one.JoinAsync();

        Assert.Equal(1, Read(await AskAsync(one))["kodama_peers"]);
        Assert.Equal(0, Read(await AskAsync(other))["kodama_peers"]);
    }

    [Theory]
    [InlineData("192.168.1.31", "")]
    [InlineData("::ffff:192.168.1.31", "")]
    [InlineData("127.0.0.1", "X-Forwarded-For: 192.168.1.31\r\n")]
    [InlineData("::1", "Forwarded: for=192.168.1.31\r\n")]
    public async Task Metrics_ForAnotherMachine_AreRefused(string address, string headers)
    {
        await using var hub = await TestHub.StartAsync(configure: builder => From(builder, address));
        await using var client = await hub.RawAsync();

        await client.SendTextAsync($"GET /metrics HTTP/1.1\r\nHost: {client.Authority}\r\n{headers}\r\n");
        var answer = (await client.ReadResponseAsync())!;

        Assert.Equal(403, answer.Status);
        Assert.Contains("\"NOT_ALLOWED\"", answer.Body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("::1")]
    [InlineData("::ffff:127.0.0.1")]
    public async Task Metrics_ForThisMachine_NeedNoToken(string address)
    {
        await using var hub = await TestHub.StartAsync(o => o.Token = "secret", builder => From(builder, address));

        Assert.Contains("kodama_peers 0\n", await AskAsync(hub), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Page_OfTheProgramsOwn_ComesFirst()
    {
        var options = new KodamaOptions { Advertise = false };
        await using var server = new KodamaServer(options);
        server.Endpoints.MapGet("/metrics", context => context.Response.WriteAsync("mine"));
        await server.StartAsync("127.0.0.1", 0);
        using var http = new HttpClient();

        Assert.Equal("mine", await http.GetStringAsync(new Uri(new Uri(server.Addresses[0]), "/metrics")));
    }

    [Fact]
    public async Task Page_OfTheDocs_NamesEveryMetric()
    {
        var page = await File.ReadAllTextAsync(Path.Combine(Here(), "../../../docs/metrics.md"));
        await using var hub = await TestHub.StartAsync();

        var told = Samples().Matches(await AskAsync(hub)).Select(line => line.Groups[1].Value).Order().ToList();
        var named = Rows().Matches(page).Select(row => row.Groups[1].Value).Order().ToList();

        Assert.Equal(told, named);
    }

    [Fact]
    public async Task Instruments_OfTheMeter_AreAllTold()
    {
        await using var hub = await TestHub.StartAsync();
        var meter = hub.Services.GetRequiredService<KodamaMetrics>().Meter;
        var names = new List<string>();
        using var listener = new MeterListener { InstrumentPublished = (i, _) => { if (i.Meter == meter) names.Add(MetricName.Of(i)); } };
        listener.Start();

        var text = await AskAsync(hub, OpenMetrics);

        Assert.True(names.Count >= 12);
        Assert.All(names, name => Assert.Contains($"# TYPE {name} ", text, StringComparison.Ordinal));
    }

    private static void From(WebApplicationBuilder builder, string address) =>
        builder.Services.AddSingleton<IStartupFilter>(new Elsewhere(IPAddress.Parse(address)));

    private static async Task<string> AskAsync(TestHub hub, string accept = "")
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/metrics");
        if (accept.Length > 0) request.Headers.TryAddWithoutValidation("Accept", accept);
        using var answer = await hub.Client.SendAsync(request);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return await answer.Content.ReadAsStringAsync();
    }

    private static Dictionary<string, double> Read(string text) => text.Split('\n')
        .Where(line => line.Length > 0 && line[0] != '#')
        .Select(line => (line, space: line.LastIndexOf(' ')))
        .ToDictionary(l => l.line[..l.space], l => double.Parse(l.line[l.space..], CultureInfo.InvariantCulture));

    private static string Here([CallerFilePath] string file = "") => Path.GetDirectoryName(file)!;

    [GeneratedRegex("""^([a-z][a-z0-9_]*)(\{[a-z]+="[^"\\\n]*"\})? [0-9][0-9.E+-]*$""")]
    private static partial Regex Sample();

    [GeneratedRegex("^# TYPE ([a-z0-9_]+) ", RegexOptions.Multiline)]
    private static partial Regex Samples();

    [GeneratedRegex("^\\| `([a-z0-9_]+)", RegexOptions.Multiline)]
    private static partial Regex Rows();

    private sealed class Elsewhere(IPAddress address) : IStartupFilter
    {
        public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
        {
            app.Use(inner => context =>
            {
                context.Connection.RemoteIpAddress = address;
                return inner(context);
            });
            next(app);
        };
    }
}
