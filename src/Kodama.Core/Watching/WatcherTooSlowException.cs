namespace Kodama;

/// <summary>A watcher with <see cref="WatcherFullMode.Fail"/> did not read its events in time.</summary>
public sealed class WatcherTooSlowException(int capacity)
    : Exception($"The watcher did not read fast enough: {capacity} events were waiting. "
        + "Read faster, raise WatchOptions.Capacity, or choose a FullMode that drops.");
