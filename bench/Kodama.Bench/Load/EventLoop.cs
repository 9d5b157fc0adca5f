namespace Kodama.Bench.Load;

/// <summary>Handles what arrives, on the thread that asks.</summary>
/// <param name="poller">What is listened to.</param>
/// <param name="onPolled">Told the number of each socket that is ready.</param>
internal sealed class EventLoop(Poller poller, Action<int> onPolled)
{
    /// <summary>Runs until it is done; false at the deadline.</summary>
    public bool Run(Func<bool> done, TimeSpan deadline, CancellationToken cancellationToken)
    {
        var started = Stamp.Now;
        while (!done())
        {
            cancellationToken.ThrowIfCancellationRequested();
            if ((Stamp.Now - started) / 1e9 > deadline.TotalSeconds)
                return false;
            var count = poller.Wait(milliseconds: 1);
            for (var i = 0; i < count; i++)
                onPolled(poller.Number(i));
        }

        return true;
    }
}
