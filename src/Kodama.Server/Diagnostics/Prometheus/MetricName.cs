using System.Diagnostics.Metrics;

namespace Kodama.Server;

/// <summary>Instruments under the names that Prometheus has for such: words with underscores, the unit behind them, and <c>_total</c>
/// behind a counter's (prometheus.io/docs/practices/naming).</summary>
internal static class MetricName
{
    /// <summary>Without <c>_total</c>, which is the sample's.</summary>
    public static string Of(Instrument instrument)
    {
        var unit = UnitOf(instrument);
        var words = instrument.Name.Split('.').Where(word => word != unit);
        return string.Join('_', unit is null ? words : words.Append(unit));
    }

    /// <summary>The base unit, or null for what is merely counted.</summary>
    public static string? UnitOf(Instrument instrument) => instrument.Unit switch { "By" => "bytes", "s" => "seconds", _ => null };
}
