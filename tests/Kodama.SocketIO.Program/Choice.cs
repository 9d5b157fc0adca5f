namespace Kodama.SocketIO.Program;

/// <summary>Whom a broadcast means, as scenarios write it.</summary>
internal sealed record Choice(
    string? From = null, string[]? To = null, string[]? Except = null, bool Local = false, bool Volatile = false, double Timeout = 0)
{
    public BroadcastOperator Of(SocketIOSocket socket)
    {
        var chosen = From == "socket" ? socket.Broadcast : socket.Namespace.To();
        if (To is { Length: > 0 }) chosen = chosen.To(To);
        if (Except is { Length: > 0 }) chosen = chosen.Except(Except);
        if (Local) chosen = chosen.Local;
        if (Volatile) chosen = chosen.Volatile;
        return Timeout > 0 ? chosen.Timeout(TimeSpan.FromMilliseconds(Timeout)) : chosen;
    }
}
