namespace Kodama.Clients.Tests;

/// <summary>How long a real client may take for one step. Far more than it needs: it decides only when something hangs.</summary>
internal static class Deadline
{
    public static readonly TimeSpan Step = TimeSpan.FromSeconds(30);

    public static Task<T> WithDeadline<T>(this Task<T> task) => task.WaitAsync(Step);

    public static Task WithDeadline(this Task task) => task.WaitAsync(Step);
}
