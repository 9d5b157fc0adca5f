using System.Globalization;
using Microsoft.Extensions.Logging;

namespace Kodama.Server;

/// <summary>
/// Says once a minute, in one line, how many clients were refused or did something wrong: each by itself is worth no line, or the log would
/// be in their hands. Runs no timer while there is nothing to say.
/// </summary>
internal sealed class RefusalSummary : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    private readonly Lock gate = new();
    private readonly Dictionary<string, long> counts = new(StringComparer.Ordinal);
    private readonly ITimer timer;
    private readonly ILogger logger;

    public RefusalSummary(TimeProvider time, ILogger<RefusalSummary> logger)
    {
        this.logger = logger;
        timer = time.CreateTimer(
            static summary => ((RefusalSummary)summary!).Tell(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public void Add(string stage)
    {
        lock (gate)
        {
            if (counts.Count == 0) timer.Change(Interval, Timeout.InfiniteTimeSpan);
            counts[stage] = counts.GetValueOrDefault(stage) + 1;
        }
    }

    public void Dispose() => timer.Dispose();

    private void Tell()
    {
        string text;
        lock (gate)
        {
            var sorted = counts.OrderByDescending(c => c.Value).ThenBy(c => c.Key, StringComparer.Ordinal);
            text = string.Join(", ", sorted.Select(c => string.Create(CultureInfo.InvariantCulture, $"{c.Key} {c.Value:N0}")));
            counts.Clear();
        }
        ServerLog.Refused(logger, text);
    }
}
