using Kodama.Client.Protocol;
using Kodama.Client.Publishing;

namespace Kodama.Client.Rooms;

/// <summary>What this client has in a room that goes with its connection: its member, and the keys bound to it. They are set again with
/// each connection. Used with the client's lock held.</summary>
internal sealed class RoomBelongings(string room)
{
    private readonly Dictionary<string, Change> bound = new(StringComparer.Ordinal);
    private ReadOnlyMemory<byte>? member;

    /// <summary>A change of this client's is in the room.</summary>
    public void Keep(Change change)
    {
        if (change.Data is { } data && !change.Line.IsExited(change)) member = data;
        if (change.Key is not { } key) return;
        if (change.IsBound) bound[key] = change;
        else bound.Remove(key);
    }

    /// <summary>Another has set or removed it since.</summary>
    public void Lose(string key) => bound.Remove(key);

    public void Exit() => member = null;

    /// <summary>What says all of it again. Nobody is told anything, if the hub has still got it; under its id, a key that another has set
    /// since stays as that one has set it.</summary>
    public IEnumerable<Request> Again()
    {
        if (member is { } data) yield return new Remark("enter", RoomBodies.Enter(room, data, id: null));
        foreach (var (_, change) in bound) yield return new Remark(change.Type, change.Body.ToArray()) { Bytes = change.Bytes };
    }
}
