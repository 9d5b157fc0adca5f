using System.Diagnostics;

namespace Kodama.Server;

/// <summary>Traces: one activity for each client that comes in and each message published over HTTP.</summary>
internal static class KodamaActivity
{
    public static ActivitySource Source { get; } = new(KodamaMetrics.Name);
}
