using Kodama.Testing;

namespace Kodama.Client.Tests;

internal static class RoomReading
{
    /// <summary>The next entry of this kind.</summary>
    public static async Task<T> NextAsync<T>(this JoinedRoom room)
        where T : RoomEntry
    {
        using var deadline = new CancellationTokenSource(Deadline.Default);
        await foreach (var entry in room.Entries.WithCancellation(deadline.Token))
        {
            if (entry is T wanted) return wanted;
        }
        throw new InvalidOperationException("The room has ended.");
    }

    /// <summary>The texts of the next messages.</summary>
    public static async Task<IReadOnlyList<string>> TextsAsync(this JoinedRoom room, int count)
    {
        var texts = new List<string>();
        while (texts.Count < count) texts.Add((await room.NextAsync<RoomMessage>()).Text);
        return texts;
    }

    /// <summary>With what its entries end.</summary>
    public static async Task<Exception?> EndAsync(this JoinedRoom room)
    {
        using var deadline = new CancellationTokenSource(Deadline.Default);
        try
        {
            await foreach (var _ in room.Entries.WithCancellation(deadline.Token))
            {
            }
            return null;
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            return exception;
        }
    }

    /// <summary>Waits until the client has a status of this kind.</summary>
    public static async Task<T> BecomesAsync<T>(this KodamaRooms rooms, Func<T, bool>? fits = null)
        where T : ClientStatus
    {
        using var deadline = new CancellationTokenSource(Deadline.Default);
        await foreach (var status in rooms.WatchStatusAsync(deadline.Token))
        {
            if (status is T wanted && fits?.Invoke(wanted) != false) return wanted;
            if (status is ClientStatus.Closed closed)
                throw new InvalidOperationException($"Closed before it became {typeof(T).Name}: {closed.Cause}");
        }
        throw new InvalidOperationException("The stream of statuses ended.");
    }
}
