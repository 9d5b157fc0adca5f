namespace Kodama.Server;

/// <summary>What a request over HTTP names: a room, and who asks, before anybody was asked about it.</summary>
internal sealed record RoomRequest(string Room, PeerDescription Client);
