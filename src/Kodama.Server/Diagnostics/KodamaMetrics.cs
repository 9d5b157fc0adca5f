using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace Kodama.Server;

/// <summary>The meter <c>Kodama</c>. What the hub counts anyway is observed, so that the message path pays nothing for it.</summary>
internal sealed class KodamaMetrics : IDisposable
{
    /// <summary>Name of the meter and of the activity source.</summary>
    public const string Name = "Kodama";

    private readonly ConcurrentDictionary<string, long> refusals = new(StringComparer.Ordinal);
    private readonly Histogram<int> flushes;
    private readonly RefusalSummary summary;
    private long received;

    public KodamaMetrics(Hub hub, Intake intake, IMeterFactory meters, RefusalSummary summary, IncomingBounds incoming)
    {
        this.summary = summary;
        var meter = Meter = meters.Create(Name);
        meter.CreateObservableUpDownCounter("kodama.peers", () => hub.Counts.Peers, "{peer}", "Peers connected now.");
        meter.CreateObservableUpDownCounter("kodama.rooms", () => hub.Counts.Rooms, "{room}", "Rooms that exist now.");
        meter.CreateObservableCounter("kodama.messages.in", () => hub.Counts.MessagesIn, "{message}", "Messages published.");
        meter.CreateObservableCounter(
            "kodama.messages.out", () => hub.Counts.MessagesOut, "{message}", "Messages put in outboxes, one for each receiver.");
        meter.CreateObservableCounter("kodama.bytes.out", () => hub.Counts.BytesOut, "By", "Bytes put in outboxes, as encoded.");
        meter.CreateObservableCounter(
            "kodama.drops", () => hub.Counts.Dropped, "{message}", "Messages that a filter or a full outbox has dropped.");
        IntakeInstruments.Add(meter, intake);
        meter.CreateObservableCounter("kodama.bytes.in", () => BytesIn, "By", "Payload bytes of messages received.");
        meter.CreateObservableCounter("kodama.refusals", Refusals, "{request}", "Clients refused, or that broke off, by stage.");
        meter.CreateObservableUpDownCounter(
            "kodama.incoming", () => incoming.Budget.Held, "By", "Held of messages and bodies that are not whole, or are being handled.");
        flushes = meter.CreateHistogram<int>("kodama.flush.size", "By", "Bytes handed to a peer's transport in one send.");
    }

    /// <summary>Of this hub: a process may have several.</summary>
    public Meter Meter { get; }

    /// <summary>Payload bytes received since the start.</summary>
    public long BytesIn => Interlocked.Read(ref received);

    public void Received(long bytes) => Interlocked.Add(ref received, bytes);

    public void Flushed(int bytes)
    {
        if (flushes.Enabled) flushes.Record(bytes);
    }

    /// <summary>A client was refused, or did something wrong.</summary>
    public void Refused(string stage)
    {
        refusals.AddOrUpdate(stage, 1, static (_, count) => count + 1);
        summary.Add(stage);
    }

    public void Dispose() => Meter.Dispose();

    private IEnumerable<Measurement<long>> Refusals() =>
        refusals.Select(static refused => new Measurement<long>(refused.Value, new KeyValuePair<string, object?>("stage", refused.Key)));
}
