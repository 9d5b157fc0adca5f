namespace Kodama.WebSockets;

/// <summary>What <see cref="MessageReader.Read"/> found.</summary>
public enum ReadEvent : byte
{
    /// <summary>All input is used up, and nothing is whole yet.</summary>
    NeedMore,

    /// <summary>
    /// A compressed message is inflated in part, for <see cref="MessageReader.Cost"/>: read on, with whatever input is left, when others
    /// have had their turn.
    /// </summary>
    Pause,

    /// <summary>A whole message: <see cref="MessageReader.MessageType"/> and <see cref="MessageReader.Payload"/>.</summary>
    Message,

    /// <summary>A ping: answer with a pong that holds the same <see cref="MessageReader.Payload"/>.</summary>
    Ping,

    /// <summary>A pong with its <see cref="MessageReader.Payload"/>.</summary>
    Pong,

    /// <summary>A close frame: <see cref="MessageReader.CloseCode"/> and <see cref="MessageReader.CloseReason"/>. The last event.</summary>
    Close,

    /// <summary>
    /// The other side broke the protocol or a bound: <see cref="MessageReader.CloseCode"/> is what to send it and
    /// <see cref="MessageReader.CloseReason"/> what was wrong. The last event.
    /// </summary>
    Error,
}
