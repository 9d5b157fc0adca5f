using System.Collections.Concurrent;
using System.Text.Json;

namespace Kodama.Pusher;

/// <summary>An event as it is kept for who subscribes later.</summary>
/// <param name="Event">Its name.</param>
/// <param name="Data">Its data, as they were sent.</param>
/// <param name="At">When.</param>
internal readonly record struct CachedEvent(string Event, byte[] Data, DateTimeOffset At);

/// <summary>
/// The last event of cache channels: the state of their rooms under a key (docs/specs/pusher.md, S6). To publish and to keep are two steps,
/// and to join and to read: who does either takes its turn.
/// </summary>
internal sealed class CachedEvents(Hub hub, TimeProvider time, int maxData)
{
    /// <summary>The key of the state.</summary>
    public const string Key = "pusher.cache";

    /// <summary>How long an event is kept.</summary>
    public static readonly TimeSpan Age = TimeSpan.FromMinutes(30);

    // By so much clocks are set back: what is of later was not kept by the door.
    private static readonly TimeSpan ClockStep = TimeSpan.FromMinutes(1);

    private readonly SemaphoreSlim[] turns = [.. Enumerable.Range(0, 64).Select(static _ => new SemaphoreSlim(1))];
    private readonly ConcurrentDictionary<string, DateTimeOffset> kept = new(StringComparer.Ordinal);

    /// <summary>Waits for the room's turn; dispose to end it.</summary>
    public async ValueTask<IDisposable> EnterAsync(string room)
    {
        var turn = turns[(uint)string.GetHashCode(room, StringComparison.Ordinal) % (uint)turns.Length];
        await turn.WaitAsync();
        return new Turn(turn);
    }

    /// <summary>The event that is kept, and not too old.</summary>
    public CachedEvent? Find(Room room)
    {
        // Anybody with the right to it may have set the key, to anything.
        if (room.State.Find(Key) is not { Payload.IsText: true } entry || Read(entry.Payload.Bytes.Span) is not { } cached) return null;
        var age = time.GetUtcNow() - cached.At;
        if (age < -ClockStep || cached.Data.Length > maxData) return null;
        if (age < Age) return cached;
        // State keeps its room alive. Unless another has been set by now.
        room.State.Remove(Key, condition: KeyCondition.At(new Position(room.Epoch, entry.Offset)));
        return null;
    }

    /// <summary>How many seconds the event is kept still.</summary>
    public long SecondsLeft(in CachedEvent cached) => (long)Math.Ceiling((cached.At + Age - time.GetUtcNow()).TotalSeconds);

    /// <summary>Keeps an event, as the client that has published it.</summary>
    public async ValueTask KeepAsync(PeerDescription client, string room, string eventName, ReadOnlyMemory<byte> data)
    {
        var now = time.GetUtcNow();
        using var json = JsonBuffer.Rent();
        json.Raw("{\"event\":"u8).Text(eventName).Raw(",\"data\":"u8).Text(data.Span);
        json.Raw(",\"at\":"u8).Number(now.ToUnixTimeMilliseconds()).Raw("}"u8);
        var result = await hub.ChangeStateAsync(client, room, Key, Payload.OfText(json.Written.ToArray()));
        if (result.Refusal is null) kept[room] = now;
    }

    /// <summary>Removes what is too old.</summary>
    public void Expire()
    {
        var oldest = time.GetUtcNow() - Age;
        foreach (var (name, at) in kept)
        {
            if (at <= oldest && kept.TryRemove(new(name, at)) && hub.FindRoom(name) is { } room) Find(room);
        }
    }

    private static CachedEvent? Read(ReadOnlySpan<byte> json)
    {
        try
        {
            var reader = new Utf8JsonReader(json);
            if (!JsonEscapes.AreWhole(json) || !reader.Read() || reader.TokenType != JsonTokenType.StartObject) return null;
            string? name = null;
            byte[]? data = null;
            long? at = null;
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var (isEvent, isData, isAt) =
                    (reader.ValueTextEquals("event"u8), reader.ValueTextEquals("data"u8), reader.ValueTextEquals("at"u8));
                reader.Read();
                if (reader.TokenType == JsonTokenType.String && isEvent) name = reader.GetString();
                if (reader.TokenType == JsonTokenType.String && isData)
                {
                    data = new byte[reader.ValueSpan.Length];
                    Array.Resize(ref data, reader.CopyString(data));
                }
                if (reader.TokenType == JsonTokenType.Number && isAt && reader.TryGetInt64(out var milliseconds)) at = milliseconds;
                reader.Skip();
            }
            if (name is null || data is null || EventName.IsReserved(name) || at is not (>= 0 and <= 253_402_300_799_999)) return null;
            return new CachedEvent(name, data, DateTimeOffset.FromUnixTimeMilliseconds(at.Value));
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private sealed class Turn(SemaphoreSlim turn) : IDisposable
    {
        public void Dispose() => turn.Release();
    }
}
