using Kodama.Testing;

namespace Kodama.Client.Tests;

internal static class Received
{
    public static async Task<HubMessage> ReceiveAsync(this KodamaClient client)
    {
        await foreach (var message in client.Messages.WithCancellation(new CancellationTokenSource(Deadline.Default).Token)) return message;
        throw new InvalidOperationException("The client has closed.");
    }

    public static async Task<string> ReceiveTextAsync(this KodamaClient client) => (await client.ReceiveAsync()).Text;

    /// <summary>All that still comes, and with what it ends.</summary>
    public static async Task<(List<string> Texts, Exception? End)> ReceiveAllAsync(this KodamaClient client)
    {
        var texts = new List<string>();
        try
        {
            await foreach (var message in client.Messages.WithCancellation(new CancellationTokenSource(Deadline.Default).Token))
                texts.Add(message.Text);
            return (texts, null);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            return (texts, exception);
        }
    }
}
