namespace Kodama.SocketIO;

/// <summary>What the namespaces of one server may keep together, as clients can make namespaces.</summary>
internal sealed class RecoveryBudget(RecoveryOptions options)
{
    /// <summary>Of events, and of whom they were for.</summary>
    public SharedBudget Bytes { get; } = new(options.MaxBytes);

    /// <summary>Of sockets that may come back.</summary>
    public SharedBudget Sessions { get; } = new(options.MaxSessions);
}
