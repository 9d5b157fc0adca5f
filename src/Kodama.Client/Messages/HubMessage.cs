using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Kodama.Client;

/// <summary>A message from the hub. Immutable; its memory is its own.</summary>
public readonly struct HubMessage
{
    internal HubMessage(ReadOnlyMemory<byte> bytes, bool isText)
    {
        Bytes = bytes;
        IsText = isText;
    }

    /// <summary>Whether it was sent as text.</summary>
    public bool IsText { get; }

    /// <summary>Its bytes; of a text valid UTF-8.</summary>
    public ReadOnlyMemory<byte> Bytes { get; }

    /// <summary>The text, decoded at each call; of a binary message its bytes read as UTF-8, with U+FFFD for what is none.</summary>
    public string Text => Encoding.UTF8.GetString(Bytes.Span);

    /// <summary>The message read as JSON.</summary>
    /// <param name="type">Source-generated metadata: <c>MyContext.Default.Move</c>.</param>
    /// <exception cref="JsonException">It is no JSON, or not of this type.</exception>
    public T? As<T>(JsonTypeInfo<T> type) => JsonSerializer.Deserialize(Bytes.Span, type);

    /// <summary>Reads an event that a Socket.IO client or the hub's program sent: text <c>{"event":"move","args":[1,2]}</c>. False for
    /// anything else.</summary>
    public bool TryReadEvent([System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out ReceivedEvent? received)
    {
        received = IsText ? ReceivedEvent.TryRead(Bytes) : null;
        return received is not null;
    }

    /// <summary>The text, or how long the binary message is.</summary>
    public override string ToString() => IsText ? Text : $"{Bytes.Length} bytes";
}
