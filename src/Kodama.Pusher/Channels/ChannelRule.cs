namespace Kodama.Pusher;

/// <summary>
/// Closes private and presence rooms to other doors (docs/specs/pusher.md, A3, A4). The door's own peers are let through: it has looked at
/// their signatures before they get here.
/// </summary>
internal sealed class ChannelRule(AppTable apps, PusherOptions options) : IRoomRule
{
    private const string Closed = "This room is for who brings its token, or is authorized for the channel by a Pusher client.";

    public ValueTask<RoomVerdict> GrantAsync(Peer peer, string room, string? token, CancellationToken cancellationToken)
    {
        if (peer.Door == PusherDoor.Name) return new(RoomRights.All);
        var isGuarded = false;
        foreach (var app in apps.All)
        {
            // Also what is no channel's name: A3 speaks of how it begins.
            if (app.BehindPrefix(room) is not { } channel || !ChannelName.IsGuarded(channel)) continue;
            isGuarded = true;
            if (token is not null && app.IsRoomToken(token, channel)) return new(RoomRights.All);
        }
        if (!isGuarded) return new(RoomRights.All);
        var granted = options.OtherDoors?.Invoke(peer, room) ?? RoomRights.None;
        return new(granted == RoomRights.None ? RoomVerdict.Refuse(Closed) : granted);
    }
}
