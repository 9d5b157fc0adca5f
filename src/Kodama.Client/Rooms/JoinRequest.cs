using Kodama.Client.Protocol;

namespace Kodama.Client.Rooms;

/// <summary>One attempt to come into a room.</summary>
/// <param name="room">Which.</param>
/// <param name="body">With the start.</param>
/// <param name="after">Of the start; null for another.</param>
internal sealed class JoinRequest(RoomMembership room, byte[] body, RoomPosition? after) : Request("join", body)
{
    public RoomPosition? After => after;

    public override void OnAnswer(HubFrame answer) => room.Joined(this, answer);

    public override void OnRefused(RequestRefusedException refusal) => room.NotJoined(this, refusal);

    public override void OnLost(Exception? cause)
    {
        // It joins again with the next connection.
    }
}
