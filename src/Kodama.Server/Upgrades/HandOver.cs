using System.Buffers;
using Kodama.WebSockets;
using Microsoft.AspNetCore.Http;

namespace Kodama.Server;

/// <summary>
/// From a WebSocket handshake to a connection that runs. Where the transport allows it, the socket is taken out of Kestrel and the request
/// ends at once; else the request lasts as long as the connection.
/// </summary>
internal sealed class HandOver(WebSocketConnections connections)
{
    /// <summary>Answers the handshake and starts the connection.</summary>
    /// <param name="context">The request.</param>
    /// <param name="upgrade">Its handshake.</param>
    /// <param name="connect">
    /// Makes the connection over the transport; its handler must call <see cref="WebSocketConnections.Remove"/> when it is closed.
    /// </param>
    /// <param name="enter">
    /// What must have happened before the client learns that it was accepted: what it is to hear from then on waits in the connection. May
    /// begin to close it.
    /// </param>
    public Task RunAsync(
        HttpContext context, UpgradeRequest upgrade, Func<Duplex, WebSocketConnection> connect, Func<CancellationToken, ValueTask> enter) =>
        upgrade.IsHttp11 && context.Features.Get<IDetachFeature>() is { CanDetach: true } detach
            ? RunDetachedAsync(context, upgrade, detach, connect, enter)
            : RunOverStreamAsync(context, upgrade, connect, enter);

    private async Task RunDetachedAsync(
        HttpContext context, UpgradeRequest upgrade, IDetachFeature detach, Func<Duplex, WebSocketConnection> connect,
        Func<CancellationToken, ValueTask> enter)
    {
        var connection = connect(detach.Duplex);
        connections.Add(connection);
        ReadOnlyMemory<byte> early;
        try
        {
            await enter(context.RequestAborted);
            var stream = await upgrade.AcceptAsync();
            await detach.StopReadingAsync();
            early = await ReadToEndAsync(stream);
        }
        catch
        {
            connection.EndUnstarted();
            throw;
        }
        detach.Detach(connection, early);
    }

    private async Task RunOverStreamAsync(
        HttpContext context, UpgradeRequest upgrade, Func<Duplex, WebSocketConnection> connect, Func<CancellationToken, ValueTask> enter)
    {
        var duplex = new StreamDuplex(waitsOnEmptyRead: true);
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var connection = connect(duplex);
        connections.Add(connection, ended);
        try
        {
            await enter(context.RequestAborted);
            duplex.Attach(await upgrade.AcceptAsync());
        }
        catch
        {
            connection.EndUnstarted();
            throw;
        }
        // What is written after the client has gone goes nowhere, and no error tells.
        using var gone = context.RequestAborted.Register(() => connection.Abort("The connection was lost."));
        connection.Start();
        await ended.Task;
        // Else the server would wait until a client that has not said goodbye has taken what was sent to it.
        if (!connection.IsClosedCleanly) context.Abort();
    }

    // What a client sends without waiting for the answer to its handshake. Bounded by the transport's pipe.
    private static async ValueTask<ReadOnlyMemory<byte>> ReadToEndAsync(Stream stream)
    {
        ArrayBufferWriter<byte>? early = null;
        var buffer = ArrayPool<byte>.Shared.Rent(4096);
        try
        {
            while (await stream.ReadAsync(buffer) is > 0 and var count)
            {
                early ??= new ArrayBufferWriter<byte>();
                early.Write(buffer.AsSpan(0, count));
            }
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException)
        {
            // The client is gone already: the connection finds that out by itself, and tells.
        }
        ArrayPool<byte>.Shared.Return(buffer);
        return early?.WrittenMemory ?? default;
    }
}
