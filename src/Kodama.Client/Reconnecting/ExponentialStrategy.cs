namespace Kodama.Client;

internal sealed class ExponentialStrategy : ReconnectStrategy
{
    private readonly TimeSpan initial;
    private readonly TimeSpan max;
    private readonly double factor;
    private readonly double jitter;
    private readonly int? maxAttempts;
    private readonly Func<double> random;

    // The last argument gives numbers from 0 to below 1.
    public ExponentialStrategy(TimeSpan initial, TimeSpan max, double factor, double jitter, int? maxAttempts, Func<double> random)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(initial, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(max, initial);
        if (!(factor >= 1))
            throw new ArgumentOutOfRangeException(nameof(factor), factor, "A factor below 1 would try ever faster: take 1 or more.");
        if (jitter is not (>= 0 and <= 1))
            throw new ArgumentOutOfRangeException(nameof(jitter), jitter, "The jitter is a part of the delay: take 0 to 1.");
        if (maxAttempts < 0) throw new ArgumentOutOfRangeException(nameof(maxAttempts), maxAttempts, "Take 0 or more, or null for ever.");
        this.initial = initial;
        this.max = max;
        this.factor = factor;
        this.jitter = jitter;
        this.maxAttempts = maxAttempts;
        this.random = random;
    }

    public override TimeSpan? Next(int attempt, Exception cause)
    {
        if (attempt > maxAttempts) return null;
        // Infinite for attempts far out; 0 x infinity is no number, and an initial delay of 0 stays 0.
        var seconds = initial == TimeSpan.Zero ? 0 : Math.Min(initial.TotalSeconds * Math.Pow(factor, attempt - 1), max.TotalSeconds);
        return TimeSpan.FromSeconds(seconds * (1 + (jitter * ((2 * random()) - 1))));
    }
}
