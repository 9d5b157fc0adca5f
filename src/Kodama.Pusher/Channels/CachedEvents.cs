using System.Text.Json;

namespace Kodama.Pusher;

/// <summary>An event as it is kept for who subscribes later.</summary>
/// <param name="Event">Its name.</param>
/// <param name="Data">Its data, as they were sent.</param>
/// <param name="At">When.</param>
/// <param name="Offset">Its place in the room; 0 if it had none.</param>
internal readonly record struct CachedEvent(string Event, byte[] Data, DateTimeOffset At, long Offset);

/// <summary>
/// The last event of cache channels: the state of their rooms under a key (docs/specs/pusher.md, S6). To publish and to keep are two steps:
/// who has joined waits until those who were at it have done both, and knows by its place whether the event comes to it anyway.
/// </summary>
internal sealed class CachedEvents(Hub hub, TimeProvider time, int maxData)
{
    /// <summary>The key of the state.</summary>
    public const string Key = "pusher.cache";

    /// <summary>How long an event is kept.</summary>
    public static readonly TimeSpan Age = TimeSpan.FromMinutes(30);

    // By so much clocks are set back: what is of later was not kept by the door.
    private static readonly TimeSpan ClockStep = TimeSpan.FromMinutes(1);

    private readonly Lock gate = new();
    private readonly Dictionary<string, Publishers> publishers = new(StringComparer.Ordinal);

    /// <summary>The event that is kept, and not too old.</summary>
    public CachedEvent? Find(Room room)
    {
        if (room.State.Find(Key) is not { } entry || Read(entry) is not { } cached) return null;
        var age = time.GetUtcNow() - cached.At;
        if (age < -ClockStep || cached.Data.Length > maxData) return null;
        if (age < Age) return cached;
        // State keeps its room alive. Unless another has been set by now.
        room.State.Remove(Key, condition: KeyCondition.At(new Position(room.Epoch, entry.Offset)));
        return null;
    }

    /// <summary>How many seconds the event is kept still.</summary>
    public long SecondsLeft(in CachedEvent cached) => (long)Math.Ceiling((cached.At + Age - time.GetUtcNow()).TotalSeconds);

    /// <summary>Publishes an event, and keeps it as filters have left it. Events wait for each other only to be kept.</summary>
    public async ValueTask<PublishResult> PublishAsync(
        string room, string eventName, Payload data, Func<ValueTask<PublishResult>> publish)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Publishers? busy;
        lock (gate)
        {
            if (!publishers.TryGetValue(room, out busy)) publishers[room] = busy = new Publishers();
            busy.AtIt.Add(done.Task);
        }
        try
        {
            var result = await publish();
            if (result.Refusal is not null) return result;
            await busy.Keeping.WaitAsync();
            try
            {
                await KeepAsync(room, eventName, result.Filtered ?? data, result.Offset);
            }
            finally
            {
                busy.Keeping.Release();
            }
            return result;
        }
        finally
        {
            lock (gate)
            {
                busy.AtIt.Remove(done.Task);
                if (busy.AtIt.Count == 0) publishers.Remove(room);
            }
            done.SetResult();
        }
    }

    /// <summary>Ends when all that has been published in the room until now is kept; null, where it is.</summary>
    public Task? WhenKept(string room)
    {
        lock (gate) return publishers.TryGetValue(room, out var busy) ? Task.WhenAll([.. busy.AtIt]) : null;
    }

    /// <summary>Removes what is too old.</summary>
    public void Expire()
    {
        foreach (var room in hub.Rooms) Find(room);
    }

    private async ValueTask KeepAsync(string name, string eventName, Payload data, long offset)
    {
        // What was said later was kept sooner.
        if (hub.FindRoom(name) is { } room && room.State.Find(Key) is { } entry && Read(entry) is { } kept && kept.Offset > offset) return;
        using var json = JsonBuffer.Rent();
        json.Raw("{\"event\":"u8).Text(eventName).Raw(",\"data\":"u8);
        PusherEncoder.WriteData(json, data);
        json.Raw(",\"at\":"u8).Number(time.GetUtcNow().ToUnixTimeMilliseconds()).Raw(",\"offset\":"u8).Number(offset).Raw("}"u8);
        // By the door's own word: rules and filters have been asked about the event, and would take this for another.
        var result = await hub.SetStateAsync(name, Key, Payload.OfText(json.Written.ToArray()));
        if (result.Refusal is null) return;
        // None is told, rather than one that was not the last.
        if (hub.FindRoom(name)?.State.Remove(Key).Pending is { } removing) await removing;
    }

    private static CachedEvent? Read(Entry entry)
    {
        // Anybody with the right to it may have set the key, to anything.
        if (!entry.Payload.IsText) return null;
        var json = entry.Payload.Bytes.Span;
        try
        {
            var reader = new Utf8JsonReader(json);
            if (!JsonEscapes.AreWhole(json) || !reader.Read() || reader.TokenType != JsonTokenType.StartObject) return null;
            string? name = null;
            byte[]? data = null;
            long? at = null;
            var offset = 0L;
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var (isEvent, isData, isAt, isOffset) = (
                    reader.ValueTextEquals("event"u8), reader.ValueTextEquals("data"u8), reader.ValueTextEquals("at"u8),
                    reader.ValueTextEquals("offset"u8));
                reader.Read();
                if (reader.TokenType == JsonTokenType.String && isEvent) name = reader.GetString();
                if (reader.TokenType == JsonTokenType.String && isData)
                {
                    data = new byte[reader.ValueSpan.Length];
                    Array.Resize(ref data, reader.CopyString(data));
                }
                if (reader.TokenType == JsonTokenType.Number && isAt && reader.TryGetInt64(out var milliseconds)) at = milliseconds;
                if (reader.TokenType == JsonTokenType.Number && isOffset && reader.TryGetInt64(out var place)) offset = place;
                reader.Skip();
            }
            if (name is null || data is null || EventName.IsReserved(name) || at is not (>= 0 and <= 253_402_300_799_999)) return null;
            // It was said before it was kept.
            if (offset < 0 || offset >= entry.Offset) return null;
            return new CachedEvent(name, data, DateTimeOffset.FromUnixTimeMilliseconds(at.Value), offset);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    // Those who publish in one room.
    private sealed class Publishers
    {
        /// <summary>End when their event is kept, or refused.</summary>
        public HashSet<Task> AtIt { get; } = [];

        public SemaphoreSlim Keeping { get; } = new(1);
    }
}
