using System.Diagnostics;

namespace Kodama.Server;

/// <summary>What matters of the process and its runtime, under the names that Prometheus' own clients have for the former.</summary>
internal static class ProcessMeasurements
{
    private static readonly double StartedAt = StartTime();

    public static void Write(PrometheusText text, string version)
    {
        text.Begin("kodama_build_info", MetricKind.Gauge, "The hub's version.");
        text.Sample("kodama_build_info", 1, $"{{version=\"{version}\"}}");
        text.Write("process_start_time_seconds", MetricKind.Gauge, "When the process began, in seconds since 1970.", StartedAt, "seconds");
        text.Write(
            "process_cpu_seconds", MetricKind.Counter, "Processor time of the process.", Environment.CpuUsage.TotalTime.TotalSeconds,
            "seconds");
        text.Write(
            "process_resident_memory_bytes", MetricKind.Gauge, "Memory of the process that is resident.", Environment.WorkingSet, "bytes");
        text.Write("dotnet_gc_heap_bytes", MetricKind.Gauge, "Managed objects, dead ones included.", GC.GetTotalMemory(false), "bytes");
        text.Write(
            "dotnet_gc_allocated_bytes", MetricKind.Counter, "Bytes of managed objects since the start.", GC.GetTotalAllocatedBytes(),
            "bytes");
        text.Begin("dotnet_gc_collections", MetricKind.Counter, "Garbage collections, by the oldest generation that each took in.");
        for (var generation = 0; generation <= GC.MaxGeneration; generation++)
        {
            var older = generation < GC.MaxGeneration ? GC.CollectionCount(generation + 1) : 0;
            text.Sample(
                "dotnet_gc_collections_total", GC.CollectionCount(generation) - older, $"{{generation=\"{generation}\"}}");
        }
        text.Write(
            "dotnet_gc_pause_seconds", MetricKind.Counter, "Time for which collections have stopped all threads.",
            GC.GetTotalPauseDuration().TotalSeconds, "seconds");
        text.Write("dotnet_thread_pool_threads", MetricKind.Gauge, "Threads of the thread pool.", ThreadPool.ThreadCount);
        text.Write("dotnet_thread_pool_queue", MetricKind.Gauge, "Work that waits for one.", ThreadPool.PendingWorkItemCount);
    }

    private static double StartTime()
    {
        using var process = Process.GetCurrentProcess();
        return new DateTimeOffset(process.StartTime).ToUnixTimeMilliseconds() / 1000.0;
    }
}
