using Kodama.Client;

namespace Kodama.Chaos;

/// <summary>Somebody who says numbers in the hall, sets a key now and then, listens in the brook, and notes what comes; as speaker.mjs of
/// clients/js/test/chaos does.</summary>
internal sealed class RoomsSpeaker : IAsyncDisposable
{
    private readonly Speaker speaker;
    private readonly ChaosOptions options;
    private readonly KodamaRooms rooms;
    private readonly Lock gate = new();
    private readonly List<string> acknowledged = [];
    private readonly List<string> refused = [];
    private readonly List<string> heard = [];
    private readonly List<Gap> hallGaps = [];
    private readonly List<long> brook = [];
    private readonly List<Gap> brookGaps = [];
    private JoinedRoom? hall;
    private int published;
    private int handfuls;
    private volatile bool isStopping;

    public RoomsSpeaker(Speaker speaker, ChaosOptions options)
    {
        this.speaker = speaker;
        this.options = options;
        handfuls = options.Handfuls;
        rooms = KodamaRooms.Create(speaker.Way.Address, new KodamaRoomsOptions
        {
            Details = { ["name"] = speaker.Name },
            RetryFirst = true,
            Reconnect = ReconnectStrategy.Exponential(TimeSpan.FromMilliseconds(50), TimeSpan.FromMilliseconds(400), jitter: 0),
            KeepAliveInterval = TimeSpan.FromSeconds(2),
            KeepAliveTimeout = TimeSpan.FromSeconds(4),
        });
        rooms.StatusChanged += (_, status) => speaker.Status = $"{status}";
    }

    public void Do(Errand errand)
    {
        if (errand == Errand.Enter) _ = DoAsync(EnterAsync);
        else if (errand == Errand.Speak) _ = DoAsync(SpeakAsync);
        else if (errand == Errand.Stop) isStopping = true;
        else Tell(new(speaker.Name, "notes", Notes: Notes()));
    }

    public ValueTask DisposeAsync() => rooms.DisposeAsync();

    private async Task DoAsync(Func<Task> errand)
    {
        try
        {
            await errand();
        }
        catch (Exception exception)
        {
            Tell(new(speaker.Name, "broken", exception.ToString()));
        }
    }

    private void Tell(SpeakerEvent happened) => speaker.Tell(happened);

    private async Task EnterAsync()
    {
        await rooms.StartAsync();
        hall = await rooms.JoinAsync(ChaosRooms.Hall, new() { Presence = true, State = true });
        _ = DoAsync(() => ListenAsync(hall, hallGaps, NoteHall));
        var joined = await rooms.JoinAsync(ChaosRooms.Brook);
        _ = DoAsync(() => ListenAsync(joined, brookGaps, message => brook.Add(message.Position.Offset)));
        await hall.EnterAsync();
        Tell(new(speaker.Name, "entered"));
    }

    private async Task ListenAsync(JoinedRoom room, List<Gap> gaps, Action<RoomMessage> note)
    {
        await foreach (var entry in room.Entries)
        {
            lock (gate)
            {
                if (entry is RoomGap gap) gaps.Add(new(gap.From.Offset, gap.Position.Offset));
                if (entry is RoomMessage message) note(message);
            }
            if (entry is RoomMessage { Text: var text } && text.StartsWith("mark ", StringComparison.Ordinal))
                Tell(new(speaker.Name, "heard", text, At: DateTimeOffset.UtcNow.ToUnixTimeMilliseconds()));
        }
    }

    private void NoteHall(RoomMessage message)
    {
        heard.Add($"{message.Position.Offset} {message.Text}");
        if (message.Text.StartsWith("mark ", StringComparison.Ordinal)) Volatile.Write(ref handfuls, options.Handfuls);
    }

    private async Task SpeakAsync()
    {
        while (!isStopping)
        {
            if (Interlocked.Decrement(ref handfuls) < 0)
            {
                await Task.Delay(20);
                continue;
            }
            var handful = Enumerable.Range(0, Random.Shared.Next(1, 6)).Select(_ => PublishAsync($"{published}")).ToList();
            handful.Add(SetAsync($"{published}"));
            await Task.WhenAll(handful);
            int count;
            lock (gate) count = acknowledged.Count;
            Tell(new(speaker.Name, "acknowledged", Count: count));
            await Task.Delay(options.Pause * (2 * Random.Shared.NextDouble()));
        }
        await SetAsync("end");
        await PublishAsync("end");
        Tell(new(speaker.Name, "ended"));
    }

    private Task PublishAsync(string word)
    {
        published++;
        var text = $"{speaker.Name} {word}";
        return AskAsync(text, async () =>
        {
            var publication = await hall!.PublishAsync(text);
            lock (gate) acknowledged.Add($"{publication.Position!.Value.Offset} {text}");
        });
    }

    private Task SetAsync(string value) => AskAsync($"key {value}", () => hall!.SetAsync(speaker.Name, value));

    private async Task AskAsync(string what, Func<Task> ask)
    {
        try
        {
            await ask();
        }
        catch (KodamaClientException exception)
        {
            lock (gate) refused.Add($"{what}: {(exception as RequestRefusedException)?.Code ?? exception.Message}");
        }
    }

    private Notes Notes()
    {
        var state = hall!.State.ToDictionary(s => s.Key, s => s.Value.Payload.Text);
        List<string> members = [.. hall.Members.Values.Select(m => m.Name ?? m.Id)];
        lock (gate)
        {
            return new(
                speaker.Name, published, [.. acknowledged], [.. refused], [.. heard], [.. hallGaps], [.. brook], [.. brookGaps], members,
                state);
        }
    }
}
