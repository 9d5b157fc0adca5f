namespace Kodama.Ably;

/// <summary>Answers what a connection has published, one after another, in the order in which it came (RTN7a).</summary>
internal sealed class Acks(AblyPeer client)
{
    // The last of what an engine keeps: its answer comes behind those before it.
    private Task before = Task.CompletedTask;

    /// <summary>It was not published.</summary>
    public void Refuse(long serial, AblyError error) => Add(new Settled(serial, null, [], error));

    /// <summary>It has its place, or gets it when an engine has kept it.</summary>
    public void Add(long serial, Room? room, PublishResult[] results) => Add(new Settled(serial, room, results, null));

    private void Add(Settled settled)
    {
        if (before.IsCompleted && settled.IsDecided) Answer(settled);
        else before = AnswerInTurnAsync(before, settled);
    }

    private async Task AnswerInTurnAsync(Task earlier, Settled settled)
    {
        await earlier;
        for (var i = 0; i < settled.Results.Length; i++)
        {
            if (settled.Results[i].Pending is { } pending) settled.Results[i] = await pending;
            if (settled.Results[i] is { Refusal: null, Offset: > 0 } result && result.Time == default)
                settled.Results[i] = result with { Time = await TimeOfAsync(settled.Room, result.Offset) };
        }
        Answer(settled);
        client.Answers.SendSoon();
    }

    // Published before: the room knows when, as long as it has it.
    private static async ValueTask<DateTimeOffset> TimeOfAsync(Room? room, long offset)
    {
        if (room is null) return default;
        try
        {
            return (await room.ReadAtAsync(offset))?.Time ?? default;
        }
        catch (EngineException)
        {
            return default;
        }
    }

    private void Answer(Settled settled)
    {
        var error = settled.Error;
        foreach (var result in settled.Results)
        {
            if (result.Refusal is { } refusal) error ??= AblyError.Of(result.Code, refusal);
        }
        using var frame = error is not null
            ? Protocol.Nack(client.Format, settled.Serial, error)
            : Protocol.Ack(client.Format, settled.Serial, Array.ConvertAll(settled.Results, result => SerialOf(settled.Room, result)));
        client.Answer(frame);
    }

    private static string? SerialOf(Room? room, in PublishResult result) =>
        result.Offset > 0 && result.Time != default && (result.Epoch ?? room?.Epoch) is { } epoch
            ? Serial.Of(epoch, result.Offset, result.Time)
            : null;

    private readonly record struct Settled(long Serial, Room? Room, PublishResult[] Results, AblyError? Error)
    {
        /// <summary>Whether all is known that the answer tells.</summary>
        public bool IsDecided => Array.TrueForAll(
            Results, static result => result.Pending is null && (result.Refusal is not null || result.Offset == 0
                || result.Time != default));
    }
}
