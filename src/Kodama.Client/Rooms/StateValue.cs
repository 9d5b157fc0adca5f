using System.Text.Json.Serialization.Metadata;

namespace Kodama.Client;

/// <summary>The last value of a key of a room.</summary>
/// <param name="From">The id of who set it; null for the hub's own program.</param>
/// <param name="Name">That one's detail <c>name</c>, if there is one.</param>
/// <param name="Payload">What it says.</param>
/// <param name="IsBound">Whether it goes with who set it.</param>
/// <param name="Time">Since when it is so.</param>
public sealed record StateValue(string? From, string? Name, RoomPayload Payload, bool IsBound, DateTimeOffset Time)
{
    /// <summary>The payload's text, decoded at each call.</summary>
    public string Text => Payload.Text;

    /// <summary>Text read as JSON.</summary>
    /// <param name="type">Source-generated metadata: <c>MyContext.Default.Mood</c>.</param>
    /// <exception cref="System.Text.Json.JsonException">It is no JSON, or not of this type.</exception>
    public T? As<T>(JsonTypeInfo<T> type) => Payload.As(type);
}
