using System.Collections.Concurrent;

namespace Kodama.Pusher;

/// <summary>The presence channels that somebody has subscribed to. Thread-safe.</summary>
internal sealed class PresenceTable
{
    private readonly ConcurrentDictionary<Room, PresenceChannel> channels = new();

    /// <summary>A user has come into a channel: room, user, and the place of that in the room's order. In the channel's order.</summary>
    public Action<string, string, long>? MemberAdded { get; set; }

    /// <summary>A user has gone.</summary>
    public Action<string, string, long>? MemberRemoved { get; set; }

    public int Count => channels.Count;

    /// <summary>The channel of a room, in use by the caller.</summary>
    public PresenceChannel Use(Room room, string channel)
    {
        while (true)
        {
            var found = channels.GetOrAdd(room, static (room, at) => new(at.Table, room, at.Name), (Table: this, Name: channel));
            if (found.TryUse()) return found;
            Forget(found);
        }
    }

    /// <summary>A change of a room's keys has its place. Under the room's lock.</summary>
    public void Note_NeedsLock(Room room, Entry change)
    {
        if (change.Kind == EntryKind.Presence && channels.TryGetValue(room, out var channel)) channel.Note_NeedsLock(change);
    }

    /// <summary>The hub has stopped: all have gone.</summary>
    public void End()
    {
        foreach (var channel in channels.Values) channel.End();
    }

    public string? UserOf(Room room, string member) => channels.TryGetValue(room, out var channel) ? channel.UserOf(member) : null;

    public void Forget(PresenceChannel channel) => channels.TryRemove(new(channel.Room, channel));
}
