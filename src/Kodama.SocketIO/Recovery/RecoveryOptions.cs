namespace Kodama.SocketIO;

/// <summary>Connection state recovery: a client that comes back soon is the same socket, and gets what it missed.</summary>
public sealed class RecoveryOptions
{
    /// <summary>How long a client may be away. Default 2 min.</summary>
    public TimeSpan MaxDisconnectionDuration { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>Whether a client that is recovered passes the middleware again. Default true: it does not.</summary>
    public bool SkipMiddlewares { get; set; } = true;

    /// <summary>Most bytes of events that the server keeps for clients that are away, with whom they were for; who has missed more is not
    /// recovered. Of too much, namespaces with more than an equal share let go; for a second it may be up to twice as much. Default 16
    /// MiB.</summary>
    public int MaxBytes { get; set; } = 16 * 1024 * 1024;

    /// <summary>Most sockets that may be away, of all namespaces; of more the first are not recovered, in namespaces that have more than an
    /// equal share. Default 16,384.</summary>
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
