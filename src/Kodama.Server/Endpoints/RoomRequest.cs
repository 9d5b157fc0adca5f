namespace Kodama.Server;

/// <summary>What a request over HTTP asks of: a room, and who asks, as the rules see it.</summary>
internal sealed record RoomRequest(string Room, PeerDescription Client);
