using System.Collections.Concurrent;
using System.Threading.Channels;

namespace Kodama.Pusher;

/// <summary>
/// How many are in a channel: told to its subscribers, and to webhooks when it is occupied and vacated (docs/specs/pusher.md, R7, S7, K1).
/// Whatever door they come by: the hub's watcher tells, and what it loses is found at the next look.
/// </summary>
internal sealed class ChannelCounts(PusherHub door)
{
    private const int Small = 100;
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    private readonly Channel<string> waiting = Channel.CreateUnbounded<string>(new UnboundedChannelOptions { SingleReader = true });
    private readonly ConcurrentDictionary<string, bool> isWaiting = new(StringComparer.Ordinal);

    // Rooms that somebody is in, with how many webhooks were told of. Only touched by the one that reads.
    private readonly Dictionary<string, int> occupied = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> toldAt = new(StringComparer.Ordinal);

    /// <summary>Somebody has come or gone.</summary>
    public void Changed(string room)
    {
        if (isWaiting.TryAdd(room, true)) waiting.Writer.TryWrite(room);
    }

    /// <summary>Tells until it is cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var watcher = door.Hub.Watch(new WatchOptions { Kinds = HubEventKind.Join | HubEventKind.Leave, Capacity = 64 * 1024 });
        using var timer = door.Time.CreateTimer(_ => LookAgain(), null, Pause, Pause);
        var watching = WatchAsync(watcher, cancellationToken);
        try
        {
            while (true)
            {
                var room = await waiting.Reader.ReadAsync(cancellationToken);
                isWaiting.TryRemove(room, out _);
                Look(room);
            }
        }
        catch (OperationCanceledException)
        {
            await watching;
        }
    }

    private async Task WatchAsync(HubWatcher watcher, CancellationToken cancellationToken)
    {
        var missed = 0L;
        try
        {
            await foreach (var happened in watcher.WithCancellation(cancellationToken))
            {
                Changed(happened.Room!.Name);
                if (watcher.Missed == missed) continue;
                missed = watcher.Missed;
                foreach (var room in door.Hub.Rooms) Changed(room.Name);
                Changed("");
            }
        }
        catch (OperationCanceledException)
        {
            // The hub stops.
        }
    }

    // Large channels that have waited for their turn.
    private void LookAgain() => Changed("");

    private void Look(string name)
    {
        if (name.Length == 0)
        {
            foreach (var room in toldAt.Keys.Concat(occupied.Keys).Distinct(StringComparer.Ordinal).ToArray())
            {
                if (toldAt.ContainsKey(room) || door.Hub.FindRoom(room) is not { PeerCount: > 0 }) Look(room);
            }
            return;
        }
        var found = door.Hub.FindRoom(name);
        var count = found?.PeerCount ?? 0;
        TellWebhooks(name, count);
        if (count == 0) toldAt.Remove(name);
        else Tell(found!, count);
    }

    private void TellWebhooks(string name, int count)
    {
        if (!door.Webhooks.AreSome) return;
        var before = occupied.GetValueOrDefault(name);
        if (count == before) return;
        if (count == 0) occupied.Remove(name);
        else occupied[name] = count;
        if (before == 0) door.Webhooks.Occupied(name);
        if (count == 0) door.Webhooks.Vacated(name);
        else door.Webhooks.Count(name, count);
    }

    private void Tell(Room room, int count)
    {
        if (count > Small)
        {
            var now = door.Time.GetTimestamp();
            if (toldAt.TryGetValue(room.Name, out var before) && door.Time.GetElapsedTime(before, now) < Pause) return;
            toldAt[room.Name] = now;
        }
        else
        {
            toldAt.Remove(room.Name);
        }
        foreach (var app in door.Apps.All)
        {
            if (!app.Options.SubscriptionCounts) continue;
            if (!app.TryChannelOf(room.Name, out var channel) || ChannelName.IsPresence(channel)) continue;
            var told = new List<PusherPeer>();
            foreach (var peer in room.Peers)
            {
                if (peer.Encoder != app.Encoder || door.SocketOf(peer) is not { } socket || !socket.IsOf(app)) continue;
                if (socket.Find(channel) is not { } subscription || subscription.Told == count) continue;
                subscription.Told = count;
                told.Add(socket);
            }
            if (told.Count == 0) continue;
            using var json = PusherFrames.Count(channel, count);
            PusherPeer.Tell(told, json.Written);
            PusherPeer.Flush(told);
        }
    }
}
