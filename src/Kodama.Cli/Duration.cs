using System.Globalization;

namespace Kodama.Cli;

/// <summary>A time as people write it: <c>3</c> and <c>3s</c> are seconds, <c>500ms</c>, <c>2m</c>, <c>8h</c>, <c>30d</c>.</summary>
internal static class Duration
{
    private static readonly TimeSpan Longest = TimeSpan.FromDays(1);

    public static bool TryParse(string text, out TimeSpan duration) => TryParse(text, Longest, out duration);

    public static bool TryParse(string text, TimeSpan longest, out TimeSpan duration)
    {
        var number = text.AsSpan().TrimEnd("smhd");
        var milliseconds = text.AsSpan(number.Length) switch
        {
            "" or "s" => 1000, "ms" => 1, "m" => 60_000, "h" => 3_600_000, "d" => 86_400_000, _ => 0,
        };
        duration = default;
        if (!double.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var count)) return false;
        var total = count * milliseconds;
        if (!(total >= 1) || total > longest.TotalMilliseconds) return false;
        duration = TimeSpan.FromMilliseconds(total);
        return true;
    }
}
