using Kodama.WebSockets;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Kodama.Server;

/// <summary>One route of <c>MapWebSocket</c>: from the request to a handler that runs as long as it likes.</summary>
internal sealed class WebSocketRoute(
    Func<WebSocketChannel, Task> handler, WebSocketChannelOptions options, KodamaOptions kodama, Hub hub,
    RequestGuard guard, HandOver handOver, IncomingBounds bounds, WebSocketConnections connections, ILogger<WebSocketRoute> logger)
{
    private readonly MessageReaderOptions reader = bounds.Reader(options.MaxMessageSize ?? kodama.MaxMessageSize);
    private readonly ConnectionOptions limits = bounds.Connection();

    public async Task HandleAsync(HttpContext context)
    {
        if (!await guard.AllowsHandshakeAsync(context)) return;
        if (UpgradeRequest.TryRead(context, out var upgrade) is { } failure)
        {
            UpgradeRequest.TellWhatIsSpoken(context.Response, failure);
            await HttpError.WriteAsync(context, failure.StatusCode, failure.Code, failure.Message);
            return;
        }
        if (hub.IsStopping || connections.Stopping.IsCancellationRequested)
        {
            await HttpError.WriteAsync(
                context, StatusCodes.Status503ServiceUnavailable, "HUB_STOPPING", "The hub is stopping; try again later.");
            return;
        }
        upgrade.ChooseSubprotocol(options.Subprotocols);
        var channel = new WebSocketChannel(context, upgrade.Subprotocol, options, connections, logger);
        await handOver.RunAsync(context, upgrade, duplex => channel.Connect(duplex, reader, limits), _ => Begin(channel));
    }

    // The handler is not the request's: it goes on when that has ended.
    private ValueTask Begin(WebSocketChannel channel)
    {
        ThreadPool.UnsafeQueueUserWorkItem(channel => _ = RunAsync(channel), channel, preferLocal: false);
        return default;
    }

    private async Task RunAsync(WebSocketChannel channel)
    {
        await using var stopping = connections.Stopping.Register(
            () => channel.Close(CloseCodes.GoingAway, CloseReason.GoingAway.Text)).ConfigureAwait(false);
        try
        {
            await handler(channel).ConfigureAwait(false);
            channel.Close();
        }
        catch (Exception) when (channel.IsOver)
        {
            // Whatever it was about, nobody is left to hear it.
        }
        catch (Exception exception)
        {
            ChannelLog.Failed(logger, exception);
            channel.Close(CloseCodes.InternalError, "The handler failed.");
        }
    }
}
