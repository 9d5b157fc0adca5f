using System.Globalization;
using System.Net.Http.Json;
using Kodama.Bench.Processes;

namespace Kodama.Bench.Soak;

/// <summary>What the hub's process holds at a moment.</summary>
internal sealed record Vitals(int Peers, int Rooms, long HeapBytes, long ResidentKilobytes, int Descriptors, long Timers, int Threads)
{
    /// <summary>What it may hold more at the end than at the start, and why that much.</summary>
    public static IReadOnlyList<(string Name, Func<Vitals, double> Value, double MayGrow, string Because)> Bounds { get; } =
    [
        ("peers", v => v.Peers, 0, "all have gone"),
        ("rooms", v => v.Rooms, 0, "nobody is in one"),
        ("heap MB", v => v.HeapBytes / 1e6, 4, "pools hold what the busiest moment needed"),
        ("resident MB", v => v.ResidentKilobytes / 1e3, 48, "compiled code, and what the allocator keeps"),
        ("descriptors", v => v.Descriptors, 4, "the connection that asks"),
        ("timers", v => v.Timers, 2, "of the connection that asks"),
        ("threads", v => v.Threads, 4, "the pool ends idle ones after 20 s"),
    ];

    public static async Task<Vitals> ReadAsync(HttpClient http, int processId, bool collect, CancellationToken cancellationToken)
    {
        var told = await http.GetFromJsonAsync<Told>(collect ? "/bench/vitals?collect=true" : "/bench/vitals", cancellationToken)
            ?? throw new InvalidDataException("The hub told nothing of itself.");
        return new Vitals(
            told.Peers,
            told.Rooms,
            told.Heap,
            (long)ProcessUsage.Read(processId).ResidentKilobytes,
            Directory.GetFileSystemEntries($"/proc/{processId}/fd").Length,
            told.Timers,
            Directory.GetDirectories($"/proc/{processId}/task").Length);
    }

    /// <summary>Whether it holds no more than it did, within the bounds.</summary>
    public bool IsAsBefore(Vitals start) => Bounds.All(b => b.Value(this) <= b.Value(start) + b.MayGrow);

    public override string ToString() =>
        string.Join(", ", Bounds.Select(b => string.Create(CultureInfo.InvariantCulture, $"{b.Name} {b.Value(this):0.#}")));

    private sealed record Told(int Peers, int Rooms, long Heap, long Timers);
}
