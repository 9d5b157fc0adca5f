using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Kodama.Client;

/// <summary>Somebody who is present in a room.</summary>
/// <param name="Id">The session's id, or the peer's: the author of its messages.</param>
/// <param name="Name">Its detail <c>name</c>, if it has one.</param>
/// <param name="Data">What it has entered with: JSON, <c>null</c> where nothing.</param>
/// <param name="Time">Since when it is so.</param>
public sealed record RoomMember(string Id, string? Name, ReadOnlyMemory<byte> Data, DateTimeOffset Time)
{
    /// <summary>The data read as JSON.</summary>
    /// <param name="type">Source-generated metadata: <c>MyContext.Default.Mood</c>.</param>
    /// <exception cref="JsonException">It is not of this type.</exception>
    public T? As<T>(JsonTypeInfo<T> type) => JsonSerializer.Deserialize(Data.Span, type);
}
