namespace Kodama.Bench.Soak;

/// <summary>A healthy peer: says numbers in its room, and must hear all that the others there say, each once and in order.</summary>
internal sealed class Witness(string name, string room, Door door, SoakPeer peer) : IDisposable
{
    private const string Mark = "soak";
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan JoinDeadline = TimeSpan.FromSeconds(60);

    private readonly Dictionary<string, int> _heard = [];
    private readonly Lock _gate = new();
    private string? _fault;

    public string Room => room;

    /// <summary>How many messages it has said: their numbers count from 0.</summary>
    public int Said { get; private set; }

    /// <summary>How many it has heard, of whomever.</summary>
    public long Heard { get; private set; }

    /// <summary>What went wrong first, or null.</summary>
    public string? Fault => Volatile.Read(ref _fault);

    public async Task JoinAsync(CancellationToken cancellationToken)
    {
        if (peer is EventStreamPeer events)
            events.OnMissed = missed => Blame($"was told that it missed {missed}");
        await peer.JoinAsync(room, cancellationToken).WaitAsync(JoinDeadline, cancellationToken);
    }

    /// <summary>Says something each second, from a moment of its own on, until it is stopped.</summary>
    public async Task SpeakAsync(Random random, CancellationToken stopping)
    {
        try
        {
            await Task.Delay(Pause * random.NextDouble(), stopping);
            while (true)
            {
                await peer.SayAsync($"{Mark} {name} {Said}", CancellationToken.None);
                Said++;
                await Task.Delay(Pause, stopping);
            }
        }
        catch (OperationCanceledException)
        {
            // It has said enough.
        }
        catch (Exception e)
        {
            Blame($"could not say number {Said}: {e.Message}");
        }
    }

    /// <summary>Listens until it is stopped.</summary>
    public async Task ListenAsync(CancellationToken stopping)
    {
        try
        {
            await foreach (var text in peer.HearAsync(stopping))
                Hear(text);
            Blame("was sent away");
        }
        catch (Exception) when (stopping.IsCancellationRequested)
        {
            // It has heard enough.
        }
        catch (Exception e)
        {
            Blame($"lost its connection: {e.Message}");
        }
    }

    /// <summary>What it lacks of what another has said; null where it has everything, or does not listen.</summary>
    public string? Lacks(Witness other)
    {
        if (!door.Hears || other == this)
            return null;
        lock (_gate)
        {
            var heard = _heard.GetValueOrDefault(other.Name);
            return heard == other.Said ? null : $"{name} in {room} heard {heard} of {other.Said} from {other.Name}";
        }
    }

    public string Name => name;

    public Task LeaveAsync(CancellationToken cancellationToken) => peer.LeaveAsync(cancellationToken);

    public void Dispose() => peer.Dispose();

    private void Hear(string text)
    {
        if (text.Split(' ') is not [Mark, var publisher, var digits])
            return;
        var number = int.Parse(digits, System.Globalization.CultureInfo.InvariantCulture);
        lock (_gate)
        {
            Heard++;
            var expected = _heard.GetValueOrDefault(publisher);
            if (number != expected)
                Blame($"heard number {number} of {publisher} instead of {expected}");
            _heard[publisher] = number + 1;
        }
    }

    private void Blame(string fault) => Interlocked.CompareExchange(ref _fault, $"{name} in {room} {fault}", null);
}
