namespace Kodama.SocketIO;

/// <summary>Connection state recovery: a client that comes back soon is the same socket, and gets what it missed.</summary>
public sealed class RecoveryOptions
{
    /// <summary>How long a client may be away. Default 2 min.</summary>
    public TimeSpan MaxDisconnectionDuration { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>Whether a client that is recovered passes the middleware again. Default true: it does not.</summary>
    public bool SkipMiddlewares { get; set; } = true;

    /// <summary>Most bytes of events that are kept of a namespace for clients that are away, with whom they were for, and of as many events
    /// as would have 128 bytes each; who has missed more is not recovered. They count for <see cref="LogOptions.MaxTotalBytes"/> of the hub
    /// too. Default 16 MiB.</summary>
    public int MaxBytes { get; set; } = 16 * 1024 * 1024;

    /// <summary>Most sockets that may be away, of all namespaces; of more the first are not recovered. Default 16,384.</summary>
    public int MaxSessions { get; set; } = 16 * 1024;

    internal void Validate()
    {
        if (MaxDisconnectionDuration <= TimeSpan.Zero || MaxDisconnectionDuration >= TimeSpan.FromDays(1))
        {
            throw new ArgumentException($"ConnectionStateRecovery.MaxDisconnectionDuration is {MaxDisconnectionDuration}; "
                + "it must be more than zero and less than a day.");
        }
        if (MaxBytes < 64 * 1024)
            throw new ArgumentException($"ConnectionStateRecovery.MaxBytes is {MaxBytes}; it must be at least 65536.");
        if (MaxSessions < 1) throw new ArgumentException($"ConnectionStateRecovery.MaxSessions is {MaxSessions}; it must be at least 1.");
    }
}
