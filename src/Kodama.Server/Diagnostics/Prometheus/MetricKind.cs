namespace Kodama.Server;

/// <summary>What Prometheus is told that a metric is.</summary>
internal enum MetricKind
{
    Gauge,
    Counter,
    Histogram,
}
