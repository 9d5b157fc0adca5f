namespace Kodama.Bench.Load;

/// <summary>Publishes at a rate, in turn among the publishers. What could not be sent in time is sent late, not left out.</summary>
internal sealed class Pacer(double perSecond)
{
    private long _last;
    private double _due;
    private int _next;

    public void Restart() => _last = Stamp.Now;

    public void Publish(LoadConnection[] publishers)
    {
        var now = Stamp.Now;
        _due += (now - _last) / 1e9 * perSecond;
        _last = now;
        for (; _due >= 1; _due--)
        {
            // A publisher that cannot take more holds its turn: the rate is then not reached, and the result says so.
            if (!publishers[_next].TryPublish())
                break;
            _next = (_next + 1) % publishers.Length;
        }

        foreach (var publisher in publishers)
            publisher.Flush();
    }
}
