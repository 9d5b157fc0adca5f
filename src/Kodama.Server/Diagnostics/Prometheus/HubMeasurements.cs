using System.Diagnostics.Metrics;

namespace Kodama.Server;

/// <summary>What the meter <c>Kodama</c> measures now. Sizes of flushes are counted from its beginning on: nobody else pays for
/// them.</summary>
internal sealed class HubMeasurements : IDisposable
{
    private readonly MeterListener listener = new();
    private readonly Lock gate = new();
    private readonly Dictionary<Instrument, List<(double Value, string Labels)>> samples = [];
    private readonly List<Instrument> instruments = [];
    private readonly FlushSizes flushes = new();

    public HubMeasurements(KodamaMetrics metrics)
    {
        listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter != metrics.Meter) return;
            instruments.Add(instrument);
            listener.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, labels, _) => Take(instrument, value, labels));
        listener.SetMeasurementEventCallback<int>((instrument, value, labels, _) => Take(instrument, value, labels));
        listener.Start();
    }

    public void Write(PrometheusText text)
    {
        lock (gate)
        {
            samples.Clear();
            listener.RecordObservableInstruments();
            foreach (var instrument in instruments) Write(text, instrument);
        }
    }

    public void Dispose() => listener.Dispose();

    private void Write(PrometheusText text, Instrument instrument)
    {
        var (name, unit) = (MetricName.Of(instrument), MetricName.UnitOf(instrument));
        if (!instrument.IsObservable)
        {
            flushes.Write(text, name, instrument.Description!, unit);
            return;
        }
        var isCounter = instrument is ObservableCounter<long> or ObservableCounter<int>;
        text.Begin(name, isCounter ? MetricKind.Counter : MetricKind.Gauge, instrument.Description!, unit);
        foreach (var (value, labels) in samples.GetValueOrDefault(instrument, []))
            text.Sample(isCounter ? $"{name}_total" : name, value, labels);
    }

    // All but the sizes of flushes are observed: within Write.
    private void Take(Instrument instrument, long value, ReadOnlySpan<KeyValuePair<string, object?>> labels)
    {
        if (!instrument.IsObservable)
        {
            flushes.Add(value);
            return;
        }
        if (!samples.TryGetValue(instrument, out var list)) samples[instrument] = list = [];
        list.Add((value, labels is [var label] ? $"{{{label.Key}=\"{label.Value}\"}}" : ""));
    }
}
