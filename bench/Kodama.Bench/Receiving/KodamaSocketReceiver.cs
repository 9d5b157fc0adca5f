using System.Net.WebSockets;
using System.Runtime.CompilerServices;

namespace Kodama.Bench.Receiving;

/// <summary>What kodama.v1 needs on the wire, and nothing of what it promises.</summary>
internal sealed class KodamaSocketReceiver() : Receiver("v1 socket", "a bare ClientWebSocket, frames of kodama.v1, unread but for the text")
{
    public override async IAsyncEnumerable<long> HearAsync(
        int port, Action joined, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var socket = new ClientWebSocket();
        socket.Options.AddSubProtocol("kodama.v1");
        await socket.ConnectAsync(new Uri($"ws://127.0.0.1:{port}/ws"), cancellationToken);
        await SayAsync("{\"type\":\"hello\"}"u8.ToArray());
        await SayAsync("{\"type\":\"join\",\"n\":1,\"room\":\"bench\"}"u8.ToArray());
        var buffer = new byte[4096];
        while (true)
        {
            var received = await socket.ReceiveAsync(buffer.AsMemory(), cancellationToken);
            var frame = buffer.AsMemory(0, received.Count);
            if (frame.Span.IndexOf("\"text\":\""u8) is > 0 and var at) yield return Numbers.Read(frame.Span[(at + 8)..]);
            else if (frame.Span.IndexOf("\"live\":true"u8) > 0) joined();
        }

        Task SayAsync(byte[] frame) =>
            socket.SendAsync(frame, WebSocketMessageType.Text, endOfMessage: true, cancellationToken);
    }
}
