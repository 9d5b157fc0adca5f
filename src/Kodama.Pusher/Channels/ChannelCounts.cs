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

    // Rooms that somebody is in, and how many, for webhooks. Only touched by who watches.
    private readonly Dictionary<string, int> occupied = new(StringComparer.Ordinal);

    // Large channels that were told lately. Only touched by who tells.
    private readonly Dictionary<string, long> toldAt = new(StringComparer.Ordinal);

    /// <summary>Somebody has come or gone.</summary>
    public void Changed(string room)
    {
        if (isWaiting.TryAdd(room, true)) waiting.Writer.TryWrite(room);
    }

    /// <summary>Tells until it is cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        // Large channels that have waited for their turn.
        using var timer = door.Time.CreateTimer(_ => Changed(""), null, Pause, Pause);
        var watching = WatchAsync(cancellationToken);
        try
        {
            while (true)
            {
                var room = await waiting.Reader.ReadAsync(cancellationToken);
                isWaiting.TryRemove(room, out _);
                foreach (var name in room.Length > 0 ? [room] : toldAt.Keys.ToArray()) Tell(name);
            }
        }
        catch (OperationCanceledException)
        {
            await watching;
            // Nobody is left when the hub has stopped.
            if (door.Webhooks.Turns is not null) return;
            foreach (var name in occupied.Keys) door.Webhooks.Vacated(name);
        }
    }

    // A watcher that is too slow loses events: another begins, with the rooms as they are then.
    private async Task WatchAsync(CancellationToken cancellationToken)
    {
        // Nobody would be told.
        if (!door.Webhooks.AreSome && !Array.Exists(door.Apps.All, static app => app.Options.SubscriptionCounts)) return;
        var options = new WatchOptions { Kinds = HubEventKind.Join | HubEventKind.Leave, Capacity = 64 * 1024 };
        try
        {
            while (true)
            {
                using var watcher = door.Hub.Watch(options);
                Begin(watcher);
                await foreach (var happened in watcher.WithCancellation(cancellationToken))
                {
                    if (watcher.Missed > 0) break;
                    var name = happened.Room!.Name;
                    Count(name, occupied.GetValueOrDefault(name) + (happened.Kind == HubEventKind.Join ? 1 : -1));
                    Changed(name);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The hub stops.
        }
    }

    private void Begin(HubWatcher watcher)
    {
        var counts = watcher.Rooms.ToDictionary(static room => room.Room.Name, static room => room.Peers.Count, StringComparer.Ordinal);
        foreach (var name in occupied.Keys.Except(counts.Keys).ToArray()) Count(name, 0);
        foreach (var (name, count) in counts)
        {
            Count(name, count);
            Changed(name);
        }
    }

    private void Count(string name, int count)
    {
        var turns = door.Webhooks.Turns;
        if (!door.Webhooks.AreSome && turns is null) return;
        var before = occupied.GetValueOrDefault(name);
        if (count == before) return;
        if (count == 0) occupied.Remove(name);
        else occupied[name] = count;
        turns?.Count(name, count);
        if (before == 0) door.Webhooks.Occupied(name);
        if (count == 0) door.Webhooks.Vacated(name);
        else if (turns is null) door.Webhooks.TellCount(name, count);
    }

    private void Tell(string name)
    {
        if (door.Hub.FindRoom(name) is { PeerCount: > 0 and var count } room)
            Tell(room, door.Webhooks.Turns?.TotalOf(name, count) ?? count);
        else toldAt.Remove(name);
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
                if (peer.Link is not PusherPeer socket || socket.App != app) continue;
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
