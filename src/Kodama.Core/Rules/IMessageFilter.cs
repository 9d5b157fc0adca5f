namespace Kodama;

/// <summary>Decides what may be said. Messages of one peer pass one after another, those of different peers side by side.</summary>
/// <remarks>It is asked about changes of presence and state too: <see cref="Message.Kind"/>.</remarks>
public interface IMessageFilter
{
    /// <summary>
    /// Passes the message, replaces its payload or drops it. The payload's memory is valid until the task ends. An exception drops the
    /// message and is logged.
    /// </summary>
    ValueTask<FilterResult> FilterAsync(Message message, CancellationToken cancellationToken);
}
