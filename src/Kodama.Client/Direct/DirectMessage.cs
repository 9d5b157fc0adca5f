using System.Text.Json.Serialization.Metadata;

namespace Kodama.Client;

/// <summary>What somebody said to this client alone. It is kept nowhere.</summary>
public sealed class DirectMessage
{
    internal DirectMessage()
    {
    }

    /// <summary>When, by the hub's clock.</summary>
    public DateTimeOffset Time { get; internal init; }

    /// <summary>Who said it: a session's id, or a peer's. Null for the hub's own program.</summary>
    public string? From { get; internal init; }

    /// <summary>The detail <c>name</c> of who said it, if there is one.</summary>
    public string? Name { get; internal init; }

    /// <summary>The event; <c>message</c> where nobody gave another.</summary>
    public string Event { get; internal init; } = "";

    /// <summary>What was said.</summary>
    public RoomPayload Payload { get; internal init; }

    /// <summary>Whether another peer has said it, and not the hub's program.</summary>
    public bool IsFromPeer { get; internal init; }

    /// <summary>Whether the payload is text.</summary>
    public bool IsText => Payload.IsText;

    /// <summary>The payload's text, decoded at each call.</summary>
    public string Text => Payload.Text;

    /// <summary>The payload's bytes.</summary>
    public ReadOnlyMemory<byte> Bytes => Payload.Bytes;

    /// <summary>Text read as JSON, or the first argument of an event.</summary>
    /// <param name="type">Source-generated metadata: <c>MyContext.Default.Move</c>.</param>
    /// <exception cref="System.Text.Json.JsonException">It is no JSON, or not of this type.</exception>
    public T? As<T>(JsonTypeInfo<T> type) => Payload.As(type);

    /// <summary>Who, and what.</summary>
    public override string ToString() => $"{Name ?? From}: {Payload}";
}
