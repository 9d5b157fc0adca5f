using Kodama.WebSockets;
using Microsoft.AspNetCore.Http;

namespace Kodama.Server;

/// <summary>One route of <c>MapWebSocket</c>: from the request to a handler that runs as long as it likes.</summary>
internal sealed class WebSocketRoute(
    Func<WebSocketChannel, Task> handler, WebSocketChannelOptions options, KodamaOptions kodama, DoorKit kit, HandOver handOver,
    IncomingBounds bounds, WebSocketDoor door, IServiceProvider services)
{
    private readonly MessageReaderOptions reader = bounds.Reader(options.MaxMessageSize ?? kodama.MaxMessageSize);
    private readonly ConnectionOptions limits = bounds.Connection();

    public WebSocketChannelOptions Options => options;

    public DoorKit Kit => kit;

    public IServiceProvider Services => services;

    /// <summary>How its channels get what is said in rooms: as raw peers without compression do.</summary>
    public IMessageEncoder Encoder => door.Encoder(negotiated: null);

    public async Task HandleAsync(HttpContext context)
    {
        if (await kit.ReadHandshakeAsync(context) is not { } upgrade || await kit.RefusesAsync(context)) return;
        upgrade.ChooseSubprotocol(options.Subprotocols);
        var channel = new WebSocketChannel(context, upgrade.Subprotocol, this);
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
        await using var stopping = kit.Connections.Stopping.Register(
            () => channel.Close(CloseReason.GoingAway)).ConfigureAwait(false);
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
            ChannelLog.Failed(kit.Logger, exception);
            channel.Close(CloseCodes.InternalError, "The handler failed.");
        }
        await EndAsync(channel).ConfigureAwait(false);
    }

    private async Task EndAsync(WebSocketChannel channel)
    {
        try
        {
            await channel.EndAsync().ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            ChannelLog.Failed(kit.Logger, exception);
        }
    }
}
