namespace Kodama.WebSockets;

/// <summary>What a frame is for (RFC 6455 section 5.2). Every other value of the four bits is reserved.</summary>
public enum Opcode : byte
{
    /// <summary>The next fragment of the message begun before.</summary>
    Continuation = 0x0,

    /// <summary>The first or only frame of a text message.</summary>
    Text = 0x1,

    /// <summary>The first or only frame of a binary message.</summary>
    Binary = 0x2,

    /// <summary>Begins or answers the closing handshake.</summary>
    Close = 0x8,

    /// <summary>Asks for a pong with the same payload.</summary>
    Ping = 0x9,

    /// <summary>Answers a ping, or is a one-way heartbeat.</summary>
    Pong = 0xA,
}
