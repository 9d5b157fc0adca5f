namespace Kodama.SocketIO;

/// <summary>Whom a broadcast is for.</summary>
/// <param name="Rooms">Their rooms; empty for all of the namespace.</param>
/// <param name="Except">Rooms whose sockets do not get it.</param>
/// <param name="Self">The socket that it comes from, which does not get it either.</param>
/// <param name="IsVolatile">Whether it is for those only who can take it at once.</param>
internal readonly record struct BroadcastTargets(string[] Rooms, string[] Except, SocketIOSocket? Self, bool IsVolatile);
