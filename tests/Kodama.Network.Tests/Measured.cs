using System.Globalization;

namespace Kodama.Network.Tests;

/// <summary>Times are printed, not asserted: how busy the machine is decides on them too. `bench discovery` measures them.</summary>
internal static class Measured
{
    public static void Print(string what, params IEnumerable<TimeSpan> times)
    {
        var sorted = times.Order().Select(time => time.TotalMilliseconds.ToString("0", CultureInfo.InvariantCulture)).ToList();
        TestContext.Current.TestOutputHelper?.WriteLine($"{what}: {string.Join(" ", sorted)} ms");
    }
}
