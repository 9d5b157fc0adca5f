using System.Collections.Concurrent;
using System.Threading.Channels;

namespace Kodama.Pusher;

/// <summary>
/// Which hub of a cluster tells webhooks of what all of them have (docs/specs/cluster.md, "Pusher"): how many are in a channel, and which
/// users. Each hub asks for what it sees, one after another, and one of all learns it. While the cluster cannot be asked, it waits.
/// Thread-safe.
/// </summary>
internal sealed class WebhookTurns
{
    private const int MostWaiting = 64 * 1024;
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly ICluster cluster;
    private readonly Webhooks webhooks;
    private readonly TimeProvider time;
    private readonly ConcurrentDictionary<string, int> own = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, long> totals = new(StringComparer.Ordinal);
    private readonly Channel<Func<ValueTask<bool>>> waiting = Channel.CreateBounded<Func<ValueTask<bool>>>(
        new BoundedChannelOptions(MostWaiting) { SingleReader = true, FullMode = BoundedChannelFullMode.DropWrite });
    private string hubs = "";

    public WebhookTurns(ICluster cluster, Webhooks webhooks, TimeProvider time)
    {
        (this.cluster, this.webhooks, this.time) = (cluster, webhooks, time);
        cluster.Handle((byte)DoorTelling.Counted, (_, room) =>
        {
            // Only who has somebody there shows it.
            var name = System.Text.Encoding.UTF8.GetString(room.Span);
            if (own.ContainsKey(name)) Add(() => CountAsync(name, tells: false));
            return default;
        });
        cluster.Changed += Look;
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
        Add(() => CountAsync(room, tells: true));
    }

    /// <summary>A channel may have begun, or ended.</summary>
    public void Turn(string room) => Add(() => TurnAsync(room));

    /// <summary>A user has come into a channel, or gone, at this place of its order.</summary>
    public void Note(string room, string user, long place, bool isThere) => Add(async () =>
    {
        if (await cluster.NoteAsync(NameOf(room), user, place, isThere) is not { } isNews) return false;
        if (isNews) webhooks.TellMember(room, user, isThere);
        return true;
    });

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        Look();
        try
        {
            while (true)
            {
                var step = await waiting.Reader.ReadAsync(cancellationToken);
                while (!await step()) await Task.Delay(Pause, time, cancellationToken);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Other hubs find what this one has left.
            cluster.Changed -= Look;
        }
    }

    private static string NameOf(string room) => "pusher:" + room;

    private void Add(Func<ValueTask<bool>> step) => waiting.Writer.TryWrite(step);

    // One that has gone may have had the last of a channel; this one may have been taken for gone.
    private void Look()
    {
        var now = string.Join(' ', cluster.Hubs.Select(static hub => hub.Id));
        if (Interlocked.Exchange(ref hubs, now) == now) return;
        foreach (var room in own.Keys)
        {
            Add(() => CountAsync(room, tells: false));
            Turn(room);
        }
        Add(async () =>
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
        cluster.Tell((byte)DoorTelling.Counted, System.Text.Encoding.UTF8.GetBytes(room));
        return true;
    }

    private async ValueTask<bool> TurnAsync(string room)
    {
        switch (await cluster.TurnAsync(NameOf(room)))
        {
            case null:
                return false;
            case ClusterTurn.Begun:
                webhooks.TellOccupied(room);
                break;
            case ClusterTurn.Ended:
                // Of those who went with a hub, and whose leaving nobody has seen.
                foreach (var user in await cluster.ForgetAsync(NameOf(room)) ?? []) webhooks.TellMember(room, user, isThere: false);
                webhooks.TellVacated(room);
                break;
        }
        return true;
    }
}
