using Kodama.Client;

namespace Kodama.Cli.Connect;

/// <summary>A conversation over a raw WebSocket: nothing is acknowledged, and nobody is named.</summary>
/// <param name="client">Not started yet; waits for a connection with what is said.</param>
/// <param name="hasRoom">Whether its address ends with a room.</param>
internal sealed class RawConnection(KodamaClient client, bool hasRoom) : IConnection
{
    // A send fails a moment before the client knows that the connection is lost.
    private static readonly TimeSpan Breath = TimeSpan.FromMilliseconds(100);

    public bool HasPlaces => false;

    public Task StartAsync(CancellationToken stopping) => client.StartAsync(stopping);

    public IAsyncEnumerable<ClientStatus> WatchStatusAsync() => client.WatchStatusAsync();

    public SocketPlace PlaceOf(ClientStatus.Connected connected) =>
        SocketPlace.Of(connected.Address, hasRoom, connected.CertificateFingerprint);

    public Task EnteredAsync() => Task.CompletedTask;

    public async IAsyncEnumerable<Heard> ListenAsync()
    {
        await foreach (var message in client.Messages) yield return new Heard(message, null, null);
    }

    public async Task TalkAsync(IAsyncEnumerable<string> lines, bool isPipe, ILineView view, CancellationToken cancellationToken)
    {
        await foreach (var line in lines.WithCancellation(cancellationToken))
        {
            view.Sent(line);
            var sending = SendAsync(line, isPipe, view, cancellationToken);
            if (isPipe) await sending;
            // That the client has ended, it says itself.
            else _ = IgnoreAsync(sending);
        }
    }

    public Task<bool> CloseAsync() => client.CloseAsync(CancellationToken.None);

    public ValueTask DisposeAsync() => client.DisposeAsync();

    private async Task SendAsync(string line, bool again, ILineView view, CancellationToken cancellationToken)
    {
        var told = false;
        while (true)
        {
            try
            {
                await client.SendAsync(line, cancellationToken);
                return;
            }
            catch (NotConnectedException) when (client.Status is not ClientStatus.Closed)
            {
                if (!told) view.Doubtful(line, again);
                told = true;
                if (!again) return;
            }
            await Task.Delay(Breath, cancellationToken);
        }
    }

    private static async Task IgnoreAsync(Task sending) => await sending.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
}
