namespace Kodama.Client;

internal sealed class LinearStrategy : ReconnectStrategy
{
    private readonly TimeSpan initial;
    private readonly TimeSpan increment;
    private readonly TimeSpan max;
    private readonly int? maxAttempts;

    public LinearStrategy(TimeSpan initial, TimeSpan increment, TimeSpan max, int? maxAttempts)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(initial, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(increment, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(max, initial);
        if (maxAttempts < 0) throw new ArgumentOutOfRangeException(nameof(maxAttempts), maxAttempts, "Take 0 or more, or null for ever.");
        this.initial = initial;
        this.increment = increment;
        this.max = max;
        this.maxAttempts = maxAttempts;
    }

    public override TimeSpan? Next(int attempt, Exception cause)
    {
        if (attempt > maxAttempts) return null;
        // In seconds, as ticks overflow for attempts far out.
        var seconds = initial.TotalSeconds + (increment.TotalSeconds * (attempt - 1));
        return seconds >= max.TotalSeconds ? max : TimeSpan.FromSeconds(seconds);
    }
}
