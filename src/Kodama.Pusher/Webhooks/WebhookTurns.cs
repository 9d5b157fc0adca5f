using System.Collections.Concurrent;
using System.Text;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace Kodama.Pusher;

/// <summary>
/// Which hub of a cluster tells webhooks of what all of them have (docs/specs/cluster.md, "Pusher"): how many are in a channel, and which
/// users. Each hub asks for what it sees, one after another, and one of all learns it. While the cluster cannot be asked, it waits.
/// Thread-safe.
/// </summary>
internal sealed class WebhookTurns
{
    // Users that have come or gone; what is to be asked of channels is as much as there are channels.
    private const int MostNotes = 64 * 1024;
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly ICluster cluster;
    private readonly Webhooks webhooks;
    private readonly TimeProvider time;
    private readonly ConcurrentDictionary<string, int> own = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, long> totals = new(StringComparer.Ordinal);
    private readonly Channel<(Func<long, ValueTask<bool>> Step, bool IsNote)> waiting =
        Channel.CreateUnbounded<(Func<long, ValueTask<bool>>, bool)>(new UnboundedChannelOptions { SingleReader = true });
    private readonly ILogger logger;
    private readonly Lock gate = new();
    private readonly HashSet<(string Room, Step Step)> asked = [];
    private int notes;
    private string hubs = "";

    public WebhookTurns(ICluster cluster, Webhooks webhooks, TimeProvider time, ILogger logger)
    {
        (this.cluster, this.webhooks, this.time, this.logger) = (cluster, webhooks, time, logger);
        cluster.Handle((byte)DoorTelling.Counted, (_, room) =>
        {
            // Only who has somebody there shows it.
            var name = Encoding.UTF8.GetString(room.Span);
            if (own.ContainsKey(name)) Add(name, Step.Count);
            return default;
        });
        cluster.Changed += Look;
        cluster.Returned += LookAgain;
    }

    /// <summary>How many are in a room at all hubs is known anew.</summary>
    public Action<string>? Counted { get; set; }

    /// <summary>So many are in a room at all hubs, as far as that is known.</summary>
    public int TotalOf(string room, int here) => totals.TryGetValue(room, out var total) ? (int)Math.Max(total, here) : here;

    /// <summary>So many are in a room at this hub.</summary>
    public void Count(string room, int count)
    {
        if (count > 0) own[room] = count;
        else own.TryRemove(room, out _);
        Add(room, Step.CountAndTell);
    }

    /// <summary>A channel may have begun, or ended.</summary>
    public void Turn(string room) => Add(room, Step.Turn);

    /// <summary>A user has come into a channel, or gone, at this place of its order.</summary>
    public void Note(string room, string user, long place, bool isThere)
    {
        if (Interlocked.Increment(ref notes) > MostNotes)
        {
            Interlocked.Decrement(ref notes);
            PusherLog.NotNoted(logger, user, room, MostNotes);
            return;
        }
        Add(isNote: true, async number =>
        {
            if (await cluster.NoteAsync(NameOf(room), user, place, isThere, number) is not { } isNews) return false;
            if (isNews) webhooks.TellMember(room, user, isThere);
            return true;
        });
    }

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        Look();
        try
        {
            for (var number = 1L; ; number++)
            {
                var (step, isNote) = await waiting.Reader.ReadAsync(cancellationToken);
                try
                {
                    while (!await step(number)) await Task.Delay(Pause, time, cancellationToken);
                }
                catch (Exception exception) when (exception is not OperationCanceledException)
                {
                    // What comes behind it may be asked all the same.
                    PusherLog.NotLearned(logger, exception);
                }
                if (isNote) Interlocked.Decrement(ref notes);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Other hubs find what this one has left.
            cluster.Changed -= Look;
            cluster.Returned -= LookAgain;
        }
    }

    private static string NameOf(string room) => "pusher:" + room;

    private void Add(bool isNote, Func<long, ValueTask<bool>> step) => waiting.Writer.TryWrite((step, isNote));

    // Once, however often it is asked before it is done: it is done as things are then.
    private void Add(string room, Step step)
    {
        lock (gate)
        {
            if (!asked.Add((room, step))) return;
        }
        Add(isNote: false, async number =>
        {
            lock (gate) asked.Remove((room, step));
            if (await (step == Step.Turn ? TurnAsync(room, number) : CountAsync(room, tells: step == Step.CountAndTell))) return true;
            lock (gate) asked.Add((room, step));
            return false;
        });
    }

    // What lies there may be of before, or nothing.
    private void LookAgain()
    {
        hubs = "";
        Look();
    }

    // One that has gone may have had the last of a channel; this one may have been taken for gone.
    private void Look()
    {
        var now = string.Join(' ', cluster.Hubs.Select(static hub => hub.Id));
        if (Interlocked.Exchange(ref hubs, now) == now) return;
        // All counts before any turn.
        foreach (var room in own.Keys) Add(room, Step.Count);
        foreach (var room in own.Keys) Turn(room);
        Add(isNote: false, async _ =>
        {
            if (await cluster.BegunAsync() is not { } begun) return false;
            foreach (var name in begun)
            {
                if (name.StartsWith(NameOf(""), StringComparison.Ordinal)) Turn(name[NameOf("").Length..]);
            }
            return true;
        });
    }

    private async ValueTask<bool> CountAsync(string room, bool tells)
    {
        // As it is now: what waits behind says the same then.
        if (await cluster.CountAsync(NameOf(room), own.GetValueOrDefault(room)) is not { } total) return false;
        if (!own.ContainsKey(room)) totals.TryRemove(room, out _);
        else totals[room] = total;
        Counted?.Invoke(room);
        if (!tells) return true;
        if (total > 0) webhooks.TellCount(room, (int)total);
        cluster.Tell((byte)DoorTelling.Counted, Encoding.UTF8.GetBytes(room));
        return true;
    }

    private async ValueTask<bool> TurnAsync(string room, long number)
    {
        if (await cluster.TurnAsync(NameOf(room), number) is not var (turn, gone)) return false;
        switch (turn)
        {
            case ClusterTurn.Begun:
                webhooks.TellOccupied(room);
                break;
            case ClusterTurn.Ended:
                // Of those who went with a hub, and whose leaving nobody has seen.
                foreach (var user in gone) webhooks.TellMember(room, user, isThere: false);
                webhooks.TellVacated(room);
                break;
        }
        return true;
    }

    private enum Step
    {
        Count,
        CountAndTell,
        Turn,
    }
}
