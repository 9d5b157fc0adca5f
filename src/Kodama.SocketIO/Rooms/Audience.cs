namespace Kodama.SocketIO;

/// <summary>Whom the program sends to, and how: sockets of a namespace, or of all that a parent admits.</summary>
internal readonly record struct Audience(SocketIONamespace Space)
{
    /// <summary>This socket alone; null for those that the rooms name.</summary>
    public SocketIOSocket? Only { get; init; }

    /// <summary>Their rooms; empty for all of the namespace.</summary>
    public string[] Rooms { get; init; } = [];

    /// <summary>Rooms whose sockets do not get it.</summary>
    public string[] Except { get; init; } = [];

    /// <summary>The socket that it comes from, which does not get it either.</summary>
    public SocketIOSocket? Self { get; init; }

    /// <summary>Whether it is for those only who can take it at once.</summary>
    public bool IsVolatile { get; init; }

    /// <summary>How long acknowledgements are waited for; null for what the options say.</summary>
    public TimeSpan? AckTimeout { get; init; }

    public TimeSpan Patience => AckTimeout ?? Space.Server.Options.AckTimeout;
}

/// <summary>What is sent: an event, and who waits for the answers, if somebody does.</summary>
internal readonly record struct Call(string Event, Payload Arguments, PendingAck? Ack = null);
