using System.Buffers;
using System.Net.WebSockets;
using System.Runtime.CompilerServices;
using System.Text;
using Kodama.Client.Connecting;

namespace Kodama.Client.Sending;

/// <summary>Takes messages of any thread, and gives them to the connection one after another.</summary>
internal sealed class MessageSender(ConnectionGate gate, SendTurns turns, bool waitForConnection)
{
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    public async ValueTask SendTextAsync(string text, CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(Encoding.UTF8.GetByteCount(text));
        try
        {
            var length = Encoding.UTF8.GetBytes(text, buffer);
            await SendAsync(buffer.AsMemory(0, length), WebSocketMessageType.Text, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    public async ValueTask SendAsync(ReadOnlyMemory<byte> payload, WebSocketMessageType type, CancellationToken cancellationToken)
    {
        if (gate.Current is null && !waitForConnection) throw gate.NotConnected();
        await turns.EnterAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            while (true)
            {
                var connection = gate.Current;
                if (connection is null && waitForConnection) connection = await gate.WaitAsync(cancellationToken).ConfigureAwait(false);
                if (connection is null) throw gate.NotConnected();
                if (await TrySendAsync(connection, payload, type).ConfigureAwait(false)) return;
                gate.Break(connection, why: null);
            }
        }
        finally
        {
            turns.Exit();
        }
    }

    // The next message must not go the same way, before anybody else has noticed.
    private async ValueTask<bool> TrySendAsync(HubConnection connection, ReadOnlyMemory<byte> payload, WebSocketMessageType type)
    {
        try
        {
            return await connection.TrySendAsync(payload, type).ConfigureAwait(false);
        }
        catch (NotConnectedException exception)
        {
            gate.Break(connection, exception);
            throw;
        }
    }
}
