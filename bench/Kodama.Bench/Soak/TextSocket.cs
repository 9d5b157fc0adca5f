using System.Net.WebSockets;
using System.Runtime.CompilerServices;
using System.Text;

namespace Kodama.Bench.Soak;

/// <summary>The platform's WebSocket client, for texts.</summary>
internal sealed class TextSocket : IDisposable
{
    private const int MaxMessage = 1024 * 1024;
    private readonly ClientWebSocket _socket = new();
    private readonly SemaphoreSlim _sending = new(1);
    private byte[] _buffer = new byte[1024];

    public Task ConnectAsync(Wire wire, string path, CancellationToken cancellationToken) =>
        _socket.ConnectAsync(wire.WebSocketUri(path), wire.Http, cancellationToken);

    public async Task SendAsync(string text, CancellationToken cancellationToken)
    {
        await _sending.WaitAsync(cancellationToken);
        try
        {
            await _socket.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, endOfMessage: true, cancellationToken);
        }
        finally
        {
            _sending.Release();
        }
    }

    /// <summary>The next text; null once the hub has closed.</summary>
    public async Task<string?> ReceiveAsync(CancellationToken cancellationToken)
    {
        var length = 0;
        while (true)
        {
            if (length == MaxMessage)
                throw new InvalidDataException($"The hub sent more than {MaxMessage} bytes, and nobody had said that much.");
            if (length == _buffer.Length)
                Array.Resize(ref _buffer, 2 * length);
            var received = await _socket.ReceiveAsync(_buffer.AsMemory(length), cancellationToken);
            if (received.MessageType == WebSocketMessageType.Close)
                return null;
            length += received.Count;
            if (received.EndOfMessage)
                return Encoding.UTF8.GetString(_buffer, 0, length);
        }
    }

    public async IAsyncEnumerable<string> AllAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        while (await ReceiveAsync(cancellationToken) is { } text)
            yield return text;
    }

    public Task CloseAsync(CancellationToken cancellationToken) =>
        _socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, "", cancellationToken);

    public void Dispose()
    {
        _socket.Dispose();
        _sending.Dispose();
    }
}
