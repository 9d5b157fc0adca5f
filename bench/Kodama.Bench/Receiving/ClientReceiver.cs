using System.Runtime.CompilerServices;
using Kodama.Client;

namespace Kodama.Bench.Receiving;

internal sealed class ClientReceiver() : Receiver("KodamaClient", "the same, over reconnects")
{
    public override async IAsyncEnumerable<long> HearAsync(
        int port, Action joined, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var client = await KodamaClient.ConnectAsync(new Uri($"ws://127.0.0.1:{port}/ws/{Room}"), null, cancellationToken);
        joined();
        await foreach (var message in client.Messages.WithCancellation(cancellationToken)) yield return Numbers.Read(message.Bytes.Span);
    }
}
