namespace Kodama.Core.Tests;

internal static class Race
{
    /// <summary>Runs all of these on threads of their own, from one starting shot on, and throws what they threw.</summary>
    public static void Run(params IReadOnlyList<Action> runners)
    {
        using var start = new Barrier(runners.Count);
        var failures = new List<Exception>();
        var threads = runners.Select(run => new Thread(() =>
        {
            try
            {
                start.SignalAndWait(Deadline.Limit);
                run();
            }
            catch (Exception exception)
            {
                lock (failures) failures.Add(exception);
            }
        })
        { IsBackground = true }).ToList();
        threads.ForEach(t => t.Start());
        Assert.All(threads, t => Assert.True(t.Join(Deadline.Limit), "A runner did not end in time."));
        if (failures.Count > 0) throw new AggregateException(failures);
    }
}
