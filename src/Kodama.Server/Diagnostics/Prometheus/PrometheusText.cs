using System.Globalization;
using System.Text;

namespace Kodama.Server;

/// <summary>
/// Metrics as Prometheus reads them: its text format 0.0.4, or OpenMetrics 1.0, which differs in what a counter's family is called, in
/// units, and in its last line.
/// </summary>
/// <remarks>Names and labels are the hub's own, so nothing in them needs to be escaped; a value is a whole number or a double.</remarks>
internal sealed class PrometheusText(bool isOpenMetrics)
{
    private readonly StringBuilder text = new();

    public string ContentType => isOpenMetrics
        ? "application/openmetrics-text; version=1.0.0; charset=utf-8"
        : "text/plain; version=0.0.4; charset=utf-8";

    /// <summary>Begins a metric; its samples follow.</summary>
    public void Begin(string name, MetricKind kind, string help, string? unit = null)
    {
        var family = kind == MetricKind.Counter && !isOpenMetrics ? $"{name}_total" : name;
        text.Append(CultureInfo.InvariantCulture, $"# HELP {family} {help}\n");
        text.Append(CultureInfo.InvariantCulture, $"# TYPE {family} {kind.ToString().ToLowerInvariant()}\n");
        if (isOpenMetrics && unit is not null) text.Append(CultureInfo.InvariantCulture, $"# UNIT {family} {unit}\n");
    }

    public void Sample(string name, double value, string labels = "") =>
        text.Append(CultureInfo.InvariantCulture, $"{name}{labels} {value:R}\n");

    /// <summary>A metric of one sample.</summary>
    public void Write(string name, MetricKind kind, string help, double value, string? unit = null)
    {
        Begin(name, kind, help, unit);
        Sample(kind == MetricKind.Counter ? $"{name}_total" : name, value);
    }

    /// <summary>A histogram: how many were at most as large as each bound, cumulated.</summary>
    public void Write(string name, string help, string? unit, ReadOnlySpan<double> bounds, ReadOnlySpan<long> counts, double sum)
    {
        Begin(name, MetricKind.Histogram, help, unit);
        var cumulated = 0L;
        for (var i = 0; i < counts.Length; i++)
        {
            cumulated += counts[i];
            var bound = i < bounds.Length ? bounds[i].ToString(isOpenMetrics ? "0.0" : "R", CultureInfo.InvariantCulture) : "+Inf";
            Sample($"{name}_bucket", cumulated, $"{{le=\"{bound}\"}}");
        }
        Sample($"{name}_sum", sum);
        Sample($"{name}_count", cumulated);
    }

    public byte[] End()
    {
        if (isOpenMetrics) text.Append("# EOF\n");
        return Encoding.UTF8.GetBytes(text.ToString());
    }
}
