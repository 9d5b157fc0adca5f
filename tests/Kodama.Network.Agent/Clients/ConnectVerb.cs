using Kodama.Client;
using Kodama.Network.Agent.Verbs;

namespace Kodama.Network.Agent.Clients;

/// <summary>
/// Joins a hub until stopped: <c>Connected</c> with the address, <c>Reconnecting</c> with attempt and cause, <c>Closed</c> with the cause,
/// and <c>message</c> with each text. It says a text again and again, so that an echo tells that a connection is alive both ways.
/// </summary>
internal sealed class ConnectVerb : IVerb
{
    private static readonly TimeSpan SayEvery = TimeSpan.FromMilliseconds(20);

    public string Name => "connect";

    public async Task RunAsync(Errand errand, CancellationToken stopped)
    {
        var arguments = errand.Arguments<ConnectArguments>();
        await using var client = await KodamaClient.ConnectAsync(arguments.To, arguments.ToOptions(), stopped);
        await Task.WhenAll(TellStatusAsync(client, errand, stopped), ReadAsync(client, errand, stopped), SayAsync(client, stopped));
    }

    private static async Task TellStatusAsync(KodamaClient client, Errand errand, CancellationToken stopped)
    {
        await foreach (var status in client.WatchStatusAsync(stopped))
        {
            object? told = status switch
            {
                ClientStatus.Connected connected => connected.Address,
                ClientStatus.Reconnecting again => $"attempt {again.Attempt} after {again.Delay}: {again.Cause.Message}",
                ClientStatus.Closed closed => closed.Cause?.Message,
                _ => null,
            };
            errand.Report(status.GetType().Name, told);
        }
    }

    private static async Task ReadAsync(KodamaClient client, Errand errand, CancellationToken stopped)
    {
        await foreach (var message in client.Messages.WithCancellation(stopped)) errand.Report("message", message.Text);
    }

    private static async Task SayAsync(KodamaClient client, CancellationToken stopped)
    {
        using var timer = new PeriodicTimer(SayEvery);
        for (var i = 0; await timer.WaitForNextTickAsync(stopped); i++)
        {
            try
            {
                await client.SendAsync($"{i}", stopped);
            }
            catch (KodamaClientException)
            {
                // Between two connections nothing is heard.
            }
        }
    }
}
