namespace Kodama.SocketIO;

/// <summary>Rooms of the hub that namespaces keep to themselves: nobody enters them, reads or speaks in them by another way.</summary>
internal sealed class NamespaceRule(SocketIOServer server) : IRoomRule
{
    public ValueTask<RoomVerdict> GrantAsync(Peer peer, string room, string? token, CancellationToken cancellationToken) =>
        new(server.KeepsOut(peer, room) ? RoomRights.None : RoomRights.All);
}
