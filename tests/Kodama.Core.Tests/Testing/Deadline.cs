namespace Kodama.Core.Tests;

internal static class Deadline
{
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    public static Task<T> WithDeadline<T>(this Task<T> task) => task.WaitAsync(Limit);

    public static Task WithDeadline(this Task task) => task.WaitAsync(Limit);
}
