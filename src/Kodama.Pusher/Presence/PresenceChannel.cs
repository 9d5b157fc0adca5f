using System.Collections.Concurrent;

namespace Kodama.Pusher;

/// <summary>
/// Who is in a presence channel, by users: made of the room's members, in the room's order. Subscribers are told of it from the list that
/// they get on (docs/specs/pusher.md, P1 to P5).
/// </summary>
/// <remarks>
/// Changes are noted under the room's lock and applied outside of it, by whoever comes first: a subscription, or a thread of the pool.
/// </remarks>
/// <param name="table">Where it is found.</param>
/// <param name="room">Its room.</param>
/// <param name="channel">Its name.</param>
internal sealed class PresenceChannel(PresenceTable table, Room room, string channel)
{
    private readonly Lock gate = new();
    private readonly ConcurrentQueue<Entry> changes = new();
    private readonly Dictionary<string, PresentUser> members = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (PresentUser User, int Connections)> users = new(StringComparer.Ordinal);
    private readonly List<string> entering = [];
    private readonly HashSet<PusherPeer> subscribers = [];

    // Who has come and gone, for webhooks: these write files, so they are told without the channel's lock, but in its order.
    private readonly Lock telling = new();
    private readonly ConcurrentQueue<(string User, bool IsThere, long Place)> toTell = new();

    // Changes up to here are in the list that it began with; -1 before there is one.
    private long asOf = -1;
    private int applying;
    private int uses;
    private bool isOver;

    public Room Room => room;

    /// <summary>Somebody needs it: it stays until <see cref="LetGo"/>. False, when it is over.</summary>
    public bool TryUse()
    {
        lock (gate)
        {
            if (isOver) return false;
            uses++;
            return true;
        }
    }

    public void LetGo()
    {
        lock (gate)
        {
            uses--;
            EndIfUnused_NeedsLock();
        }
    }

    /// <summary>A change has its place. Under the room's lock.</summary>
    public void Note_NeedsLock(Entry change)
    {
        changes.Enqueue(change);
        if (Interlocked.Exchange(ref applying, 1) == 0)
            ThreadPool.UnsafeQueueUserWorkItem(static waiting => waiting.Apply(), this, preferLocal: false);
    }

    /// <summary>Keeps a place for a user who is about to enter; false, where as many are there.</summary>
    public bool TryReserve(string user, int most)
    {
        Load();
        Apply();
        lock (gate)
        {
            var isNew = !users.ContainsKey(user) && !entering.Contains(user);
            if (isNew && users.Count + entering.Distinct(StringComparer.Ordinal).Count(id => !users.ContainsKey(id)) >= most) return false;
            entering.Add(user);
            return true;
        }
    }

    public void GiveBack(string user)
    {
        lock (gate) entering.Remove(user);
    }

    /// <summary>A subscriber whose member has its place: it gets the list, and from then on what changes. Whoever calls flushes
    /// it.</summary>
    public void Welcome(PusherPeer subscriber)
    {
        Load();
        var told = new HashSet<PusherPeer>();
        lock (gate)
        {
            Apply_NeedsLock(told);
            using var data = JsonBuffer.Rent();
            WriteList_NeedsLock(data);
            using var json = PusherFrames.Subscribed(channel, data.Written);
            subscriber.Answer(json.Written);
            subscribers.Add(subscriber);
        }
        PusherPeer.Flush(told);
        TellWebhooks();
    }

    public void Leave(PusherPeer subscriber)
    {
        lock (gate) subscribers.Remove(subscriber);
    }

    /// <summary>Applies what has been noted.</summary>
    public void Apply()
    {
        Volatile.Write(ref applying, 0);
        var told = new HashSet<PusherPeer>();
        lock (gate) Apply_NeedsLock(told);
        PusherPeer.Flush(told);
        TellWebhooks();
        lock (gate) EndIfUnused_NeedsLock();
    }

    /// <summary>All have gone: webhooks are told.</summary>
    public void End()
    {
        lock (gate)
        {
            foreach (var user in users.Keys) toTell.Enqueue((user, false, long.MaxValue));
            users.Clear();
            members.Clear();
        }
        TellWebhooks();
    }

    /// <summary>The user whose member this is.</summary>
    public string? UserOf(string member)
    {
        lock (gate) return members.GetValueOrDefault(member)?.Id;
    }

    private void TellWebhooks()
    {
        lock (telling)
        {
            while (toTell.TryPeek(out var user))
            {
                (user.IsThere ? table.MemberAdded : table.MemberRemoved)?.Invoke(room.Name, user.User, user.Place);
                toTell.TryDequeue(out _);
            }
        }
    }

    // The room's list is asked for without the lock: the room tells of changes under its own.
    private void Load()
    {
        lock (gate)
        {
            if (asOf >= 0) return;
        }
        var list = room.Members.List();
        lock (gate)
        {
            if (asOf >= 0) return;
            foreach (var member in list.Members)
                Set_NeedsLock(member.Id, PresentUser.Of(member.Id, member.Data.Bytes), list.Position.Offset, null);
            asOf = list.Position.Offset;
        }
    }

    private void Apply_NeedsLock(HashSet<PusherPeer> told)
    {
        if (asOf < 0) return;
        while (changes.TryDequeue(out var change))
        {
            if (change.Offset <= asOf) continue;
            if (change.Action == EntryAction.Remove) Remove_NeedsLock(change.Key!, change.Offset, told);
            else Set_NeedsLock(change.Key!, PresentUser.Of(change.Key!, change.Payload.Bytes), change.Offset, told);
        }
    }

    private void Set_NeedsLock(string member, PresentUser user, long place, HashSet<PusherPeer>? told)
    {
        if (members.TryGetValue(member, out var before) && before.Id == user.Id)
        {
            members[member] = user;
            users[user.Id] = users[user.Id] with { User = user };
            return;
        }
        if (before is not null) Remove_NeedsLock(member, place, told);
        members[member] = user;
        var connections = users.GetValueOrDefault(user.Id).Connections + 1;
        users[user.Id] = (connections == 1 ? user : users[user.Id].User, connections);
        // Who was there when the door came to the channel, the first subscriber among them.
        if (connections == 1) toTell.Enqueue((user.Id, true, place));
        if (connections > 1 || told is null) return;
        using var data = JsonBuffer.Rent();
        data.Raw("{\"user_id\":"u8).Raw(user.IdJson.Span).Raw(",\"user_info\":"u8).Raw(user.Info.Span).Raw("}"u8);
        Tell_NeedsLock("pusher_internal:member_added"u8, data, told);
    }

    private void Remove_NeedsLock(string member, long place, HashSet<PusherPeer>? told)
    {
        if (!members.Remove(member, out var user)) return;
        var (shown, connections) = users[user.Id];
        if (connections > 1)
        {
            users[user.Id] = (shown, connections - 1);
            return;
        }
        users.Remove(user.Id);
        if (told is null) return;
        using var data = JsonBuffer.Rent();
        data.Raw("{\"user_id\":"u8).Raw(user.IdJson.Span).Raw("}"u8);
        Tell_NeedsLock("pusher_internal:member_removed"u8, data, told);
        toTell.Enqueue((user.Id, false, place));
    }

    private void Tell_NeedsLock(ReadOnlySpan<byte> name, JsonBuffer data, HashSet<PusherPeer> told)
    {
        if (subscribers.Count == 0) return;
        using var json = PusherFrames.Event(name, data.Written, channel);
        PusherPeer.Tell(subscribers, json.Written);
        told.UnionWith(subscribers);
    }

    private void WriteList_NeedsLock(JsonBuffer data)
    {
        data.Raw("{\"presence\":{\"count\":"u8).Number(users.Count).Raw(",\"ids\":["u8);
        var separator = ""u8;
        foreach (var (user, _) in users.Values)
        {
            data.Raw(separator).Raw(user.IdJson.Span);
            separator = ","u8;
        }
        data.Raw("],\"hash\":{"u8);
        separator = ""u8;
        foreach (var (user, _) in users.Values)
        {
            data.Raw(separator).Text(user.Id).Raw(":"u8).Raw(user.Info.Span);
            separator = ","u8;
        }
        data.Raw("}}}"u8);
    }

    private void EndIfUnused_NeedsLock()
    {
        // What is not told yet is told before another takes its place.
        if (isOver || uses > 0 || members.Count > 0 || (asOf >= 0 && !changes.IsEmpty) || !toTell.IsEmpty) return;
        isOver = true;
        table.Forget(this);
    }
}
