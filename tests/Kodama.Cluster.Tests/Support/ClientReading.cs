using Kodama.Client;

namespace Kodama.Cluster.Tests;

internal static class ClientReading
{
    /// <summary>The next direct message.</summary>
    public static async Task<DirectMessage> DirectAsync(this KodamaRooms rooms)
    {
        using var deadline = new CancellationTokenSource(Deadline.Default);
        await foreach (var message in rooms.DirectMessages.WithCancellation(deadline.Token)) return message;
        throw new InvalidOperationException("The client has closed.");
    }

    /// <summary>Waits until the client has ended by itself.</summary>
    public static async Task<ClientStatus.Closed> BecomesClosedAsync(this KodamaRooms rooms)
    {
        using var deadline = new CancellationTokenSource(Deadline.Default);
        await foreach (var status in rooms.WatchStatusAsync(deadline.Token))
        {
            if (status is ClientStatus.Closed closed) return closed;
        }
        throw new InvalidOperationException("The stream of statuses ended.");
    }
}
