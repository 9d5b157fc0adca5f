using System.Net.WebSockets;
using System.Runtime.CompilerServices;

namespace Kodama.Bench.Receiving;

/// <summary>.NET's own, at the raw door: below it nothing can be.</summary>
internal sealed class RawSocketReceiver() : Receiver("socket", "a bare ClientWebSocket, text messages")
{
    public override async IAsyncEnumerable<long> HearAsync(
        int port, Action joined, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var socket = new ClientWebSocket();
        await socket.ConnectAsync(new Uri($"ws://127.0.0.1:{port}/ws/{Room}"), cancellationToken);
        joined();
        var buffer = new byte[4096];
        while (true)
        {
            var received = await socket.ReceiveAsync(buffer.AsMemory(), cancellationToken);
            yield return Numbers.Read(buffer.AsSpan(0, received.Count));
        }
    }
}
