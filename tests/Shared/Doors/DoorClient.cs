namespace Kodama.Testing;

/// <summary>A client of a door, as the contract needs it: in one room, over the wire.</summary>
internal abstract class DoorClient : IAsyncDisposable
{
    /// <summary>Says a text in its room; ends when it is on its way.</summary>
    public abstract Task SayAsync(string text);

    /// <summary>Says bytes in its room.</summary>
    public abstract Task SayAsync(byte[] bytes);

    /// <summary>
    /// The next thing that it hears in its room: a text as it is, bytes as <c>binary:BASE64</c>, an event as <c>NAME:JSON-ARRAY</c>, a gap
    /// as <c>gap</c>, and that it is not in the room any more as <c>left</c>. Null, when the hub has ended the connection.
    /// </summary>
    public abstract Task<string?> ReadAsync();

    /// <summary>Is present with data of its own; where the door can.</summary>
    public virtual Task EnterAsync(string json) => throw new NotSupportedException();

    /// <summary>Sets a key of the room's state; where the door can.</summary>
    public virtual Task SetAsync(string key, string text) => throw new NotSupportedException();

    /// <summary>Leaves with a goodbye.</summary>
    public abstract ValueTask DisposeAsync();
}
