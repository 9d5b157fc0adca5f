namespace Kodama.Chaos;

/// <summary>Clients of KodamaRooms, in this process.</summary>
internal sealed class RoomsSpeakers(IReadOnlyList<Speaker> all, ChaosOptions options) : ISpeakers
{
    private readonly List<RoomsSpeaker> speakers = [.. all.Select(speaker => new RoomsSpeaker(speaker, options))];

    public IReadOnlyList<Speaker> All => all;

    public Task DoAsync(Errand errand)
    {
        foreach (var speaker in speakers) speaker.Do(errand);
        return Task.CompletedTask;
    }

    public async ValueTask DisposeAsync() => await Task.WhenAll(speakers.Select(s => s.DisposeAsync().AsTask()));
}
