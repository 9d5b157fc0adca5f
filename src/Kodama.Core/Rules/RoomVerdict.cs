namespace Kodama;

/// <summary>What a rule says of a peer in a room. Rights alone are a verdict too.</summary>
/// <param name="Rights">What it may do there.</param>
/// <param name="Reason">
/// Why it may not be there, where it has no <see cref="RoomRights.Read"/>: what the client is told whose join is refused for that. Null for
/// the door's own words.
/// </param>
public readonly record struct RoomVerdict(RoomRights Rights, string? Reason = null)
{
    /// <summary>Rights, without a reason.</summary>
    public static implicit operator RoomVerdict(RoomRights rights) => new(rights);

    /// <summary>Rights, for languages without conversion operators.</summary>
    public static RoomVerdict FromRoomRights(RoomRights rights) => new(rights);

    /// <summary>It may not be in the room.</summary>
    /// <param name="reason">What its client is told; at most 123 bytes of it where that is a close frame.</param>
    public static RoomVerdict Refuse(string reason) => new(RoomRights.None, reason);

    /// <summary>What both grant; the reason of the first that does not let it in.</summary>
    internal RoomVerdict And(in RoomVerdict next)
    {
        var isOut = (Rights & RoomRights.Read) == 0;
        return new(Rights & next.Rights, isOut || (next.Rights & RoomRights.Read) != 0 ? Reason : next.Reason);
    }
}
