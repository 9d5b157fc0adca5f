using System.Net.WebSockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Kodama.Cli.Tests.Support;

/// <summary>Something that takes a WebSocket as a hub does, says one thing, answers no goodbye, and tells of itself what no hub
/// would.</summary>
internal sealed class OddHub : IAsyncDisposable
{
    private readonly WebApplication app;

    private OddHub(WebApplication app) => this.app = app;

    public string Address => app.Urls.First();

    /// <param name="type">Content type of what it tells.</param>
    /// <param name="facts">Of <c>/api/hub</c>.</param>
    /// <param name="events">Of <c>/api/events</c>, before <c>hello</c> is said by the WebSocket.</param>
    public static async Task<OddHub> StartAsync(string type = "application/json", string facts = "{}", string events = "")
    {
        var told = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        app.UseWebSockets();
        app.Run(async context =>
        {
            switch (context.Request.Path.Value)
            {
                case "/ws":
                    using (var socket = await context.WebSockets.AcceptWebSocketAsync())
                    {
                        await told.Task.WaitAsync(context.RequestAborted);
                        await socket.SendAsync("hello"u8.ToArray(), WebSocketMessageType.Text, endOfMessage: true, context.RequestAborted);
                        await Task.Delay(Timeout.Infinite, context.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                    }
                    break;
                case "/api/hub":
                    context.Response.ContentType = type;
                    await context.Response.WriteAsync(facts);
                    break;
                default:
                    context.Response.ContentType = "text/event-stream";
                    await context.Response.WriteAsync(events);
                    await context.Response.Body.FlushAsync();
                    told.TrySetResult();
                    break;
            }
        });
        if (events.Length == 0) told.SetResult();
        await app.StartAsync().WaitAsync(TimeSpan.FromSeconds(60));
        return new OddHub(app);
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();
}
