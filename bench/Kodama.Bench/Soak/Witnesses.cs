namespace Kodama.Bench.Soak;

/// <summary>One of each door in each room.</summary>
internal sealed class Witnesses(int port, int seed) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan GoodbyeDeadline = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    private readonly List<Witness> _all =
    [
        .. from room in Enumerable.Range(0, SoakOptions.Rooms)
           from door in Door.All
           let name = $"{door.Name.Replace(' ', '-')}-{room}"
           select new Witness(name, Storm.RoomOf(room), door, door.Enter(new Wire(port, room))),
    ];

    public static int Count => SoakOptions.Rooms * Door.All.Count;

    public long Heard => _all.Sum(w => w.Heard);

    /// <summary>What went wrong: nothing, where each has heard all that the others in its room said, once and in order.</summary>
    /// <param name="meanwhile">Begins when all are there; when it ends, they have said enough.</param>
    public async Task<IReadOnlyList<string>> RunAsync(Func<Task> meanwhile, CancellationToken cancellationToken)
    {
        await Task.WhenAll(_all.Select(w => w.JoinAsync(cancellationToken)));
        using var quiet = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var deaf = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var listening = _all.Select(w => w.ListenAsync(deaf.Token)).ToList();
        var speaking = _all.Select((w, i) => w.SpeakAsync(new Random(seed + i), quiet.Token)).ToList();

        await meanwhile();
        await quiet.CancelAsync();
        await Task.WhenAll(speaking).WaitAsync(Patience, cancellationToken);
        var until = DateTime.UtcNow + Patience;
        while (Lacking().Any() && DateTime.UtcNow < until)
            await Task.Delay(Interval, cancellationToken);

        List<string> faults = [.. _all.Select(w => w.Fault).OfType<string>(), .. Lacking()];
        await Task.WhenAll(_all.Select(w => w.LeaveAsync(cancellationToken))).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await Task.WhenAny(Task.WhenAll(listening), Task.Delay(GoodbyeDeadline, cancellationToken));
        await deaf.CancelAsync();
        await Task.WhenAll(listening);
        return faults;
    }

    public void Dispose()
    {
        foreach (var witness in _all)
            witness.Dispose();
    }

    private IEnumerable<string> Lacking() =>
        from room in _all.GroupBy(w => w.Room)
        from witness in room
        from other in room
        let lack = witness.Lacks(other)
        where lack is not null
        select lack;
}
