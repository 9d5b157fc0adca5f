using Kodama.Testing;

namespace Kodama.Client.Tests;

internal static class Statuses
{
    /// <summary>Waits until the client has a status of this kind.</summary>
    public static async Task<T> BecomesAsync<T>(this KodamaClient client, Func<T, bool>? fits = null)
        where T : ClientStatus
    {
        using var deadline = new CancellationTokenSource(Deadline.Default);
        await foreach (var status in client.WatchStatusAsync(deadline.Token))
        {
            if (status is T wanted && fits?.Invoke(wanted) != false) return wanted;
            if (status is ClientStatus.Closed closed)
                throw new InvalidOperationException($"Closed before it became {typeof(T).Name}: {closed.Cause}");
        }
        throw new InvalidOperationException("The stream of statuses ended.");
    }
}
