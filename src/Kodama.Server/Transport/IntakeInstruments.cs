using System.Diagnostics.Metrics;

namespace Kodama.Server;

/// <summary>What the meter <c>Kodama</c> tells of newcomers and descriptors.</summary>
internal static class IntakeInstruments
{
    public static void Add(Meter meter, Intake intake)
    {
        meter.CreateObservableUpDownCounter(
            "kodama.newcomers", () => intake.Newcomers.Count, "{connection}",
            "Connections that have not sent the whole head of a request.");
        meter.CreateObservableCounter(
            "kodama.newcomers.dropped", () => intake.Newcomers.Dropped, "{connection}",
            "Those ended as silent, too many, or for want of descriptors.");
        if (intake.Limit == int.MaxValue) return;
        meter.CreateObservableUpDownCounter(
            "kodama.descriptors", () => intake.Held, "{descriptor}", "File descriptors that the process holds.");
        meter.CreateObservableUpDownCounter("kodama.descriptors.limit", () => intake.Limit, "{descriptor}", "Most that it may hold.");
    }
}
