using System.Runtime.InteropServices;

namespace Kodama.Pusher;

/// <summary>Who has signed in to an app, and who watches whom (docs/specs/pusher.md, U1 to U3). Thread-safe.</summary>
internal sealed class UserTable
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, List<PusherPeer>> connections = new(StringComparer.Ordinal);
    private readonly Dictionary<string, HashSet<PusherPeer>> watchers = new(StringComparer.Ordinal);

    /// <summary>A connection has signed in: those who watch are told, and it is told who of its own list is there.</summary>
    /// <param name="socket">The connection.</param>
    /// <param name="user">As whom.</param>
    /// <param name="greeting">What it gets before all else of the user's.</param>
    public void Add(PusherPeer socket, SignedIn user, ReadOnlySpan<byte> greeting)
    {
        PusherPeer[] told;
        lock (gate)
        {
            socket.Answer(greeting);
            ref var sockets = ref CollectionsMarshal.GetValueRefOrAddDefault(connections, user.Id, out _);
            (sockets ??= []).Add(socket);
            told = sockets.Count == 1 ? Tell_NeedsLock(user.Id, isOnline: true) : [];
            foreach (var id in user.Watchlist)
            {
                ref var watching = ref CollectionsMarshal.GetValueRefOrAddDefault(watchers, id, out _);
                (watching ??= []).Add(socket);
            }
            if (user.Watchlist.Count > 0)
            {
                var here = user.Watchlist.ToLookup(connections.ContainsKey);
                using var json = PusherFrames.Watchlist([.. here[true]], [.. here[false]]);
                socket.Answer(json.Written);
            }
        }
        PusherPeer.Flush(told);
        socket.SendNow();
    }

    public void Remove(PusherPeer socket, SignedIn user)
    {
        PusherPeer[] told = [];
        lock (gate)
        {
            foreach (var id in user.Watchlist)
            {
                if (watchers.TryGetValue(id, out var watching) && watching.Remove(socket) && watching.Count == 0) watchers.Remove(id);
            }
            if (connections.TryGetValue(user.Id, out var sockets) && sockets.Remove(socket) && sockets.Count == 0)
            {
                connections.Remove(user.Id);
                told = Tell_NeedsLock(user.Id, isOnline: false);
            }
        }
        PusherPeer.Flush(told);
    }

    /// <summary>The user's connections.</summary>
    public PusherPeer[] Of(string user)
    {
        lock (gate) return connections.TryGetValue(user, out var sockets) ? [.. sockets] : [];
    }

    /// <summary>Sends the user's connections a frame.</summary>
    public void Send(string user, ReadOnlySpan<byte> json)
    {
        var sockets = Of(user);
        if (sockets.Length == 0) return;
        PusherPeer.Tell(sockets, json);
        PusherPeer.Flush(sockets);
    }

    private PusherPeer[] Tell_NeedsLock(string user, bool isOnline)
    {
        if (!watchers.TryGetValue(user, out var watching)) return [];
        using var json = isOnline ? PusherFrames.Watchlist([user], []) : PusherFrames.Watchlist([], [user]);
        PusherPeer.Tell(watching, json.Written);
        return [.. watching];
    }
}
