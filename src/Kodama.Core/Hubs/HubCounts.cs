namespace Kodama;

/// <summary>What the hub has counted since its start, but for <paramref name="Peers"/> and <paramref name="Rooms"/>, which are of this
/// moment.</summary>
/// <param name="Peers">Peers connected now.</param>
/// <param name="Rooms">Rooms that exist now.</param>
/// <param name="MessagesIn">Messages published.</param>
/// <param name="MessagesOut">Messages put in outboxes, one for each receiver.</param>
/// <param name="BytesOut">Bytes put in outboxes, as encoded.</param>
/// <param name="Dropped">Messages that a filter or a full outbox has dropped, or whose sender was not in the room.</param>
/// <param name="Refused">Clients that a validator has refused, or that found the hub full.</param>
public readonly record struct HubCounts(int Peers, int Rooms, long MessagesIn, long MessagesOut, long BytesOut, long Dropped, long Refused);
