namespace Kodama.WebSockets;

/// <summary>What a connection tells its user. Calls come one after another, never two at once but for <see cref="OnEnding"/>.</summary>
public interface IWebSocketHandler
{
    /// <summary>
    /// A message has come. The payload is valid until the task ends; until then the connection reads no further, so a slow user slows down
    /// only this sender. An exception ends the connection with 1011.
    /// </summary>
    ValueTask OnMessageAsync(MessageType type, ReadOnlyMemory<byte> payload);

    /// <summary>All messages that one read brought in have been handled: the time to flush.</summary>
    void OnReadCompleted();

    /// <summary>
    /// The connection is over while <see cref="OnMessageAsync"/> still runs: it should end soon. The one call that comes beside another, at
    /// most once; <see cref="OnClosed"/> follows when the message has been handled.
    /// </summary>
    void OnEnding();

    /// <summary>
    /// What came breaks the protocol or a bound, and the connection is about to be closed with this code. What the source holds now goes
    /// before. At most once.
    /// </summary>
    void OnRefused(ushort code, string reason)
    {
    }

    /// <summary>The connection has ended; called once, last.</summary>
    /// <param name="code">Close code: the other side's, or this side's if it closed first or found an error; 1006 when the connection was
    /// lost.</param>
    /// <param name="reason">Close reason, or what was wrong.</param>
    void OnClosed(ushort code, string reason);

    /// <summary>Something that a log should have, which ends the connection: an exception of the user's code.</summary>
    void OnFailed(Exception exception);
}
