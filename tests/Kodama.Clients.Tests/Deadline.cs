namespace Kodama.Clients.Tests;

/// <summary>How long a real client may take for one step. Far more than it needs: it decides only when something hangs.</summary>
internal static class Deadline
{
    public static readonly TimeSpan Step = TimeSpan.FromSeconds(30);

    /// <summary>A browser may start so late, and open its first page, on a machine that is busy.</summary>
    public static readonly TimeSpan Opening = TimeSpan.FromMinutes(2);

    public static Task<T> WithDeadline<T>(this Task<T> task) => task.WaitAsync(Step);

    public static Task WithDeadline(this Task task) => task.WaitAsync(Step);
}
