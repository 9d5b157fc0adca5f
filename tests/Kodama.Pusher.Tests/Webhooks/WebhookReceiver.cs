using System.Collections.Concurrent;
using System.Net;
using System.Text;
using System.Text.Json;
using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace Kodama.Pusher.Tests;

/// <summary>Takes webhooks, fails and stalls, as it is told.</summary>
internal sealed class WebhookReceiver : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly Channel<Webhook> got = Channel.CreateUnbounded<Webhook>();
    private readonly ConcurrentQueue<HttpStatusCode?> answers = new();

    public WebhookReceiver()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore();
        app = builder.Build();
        app.Urls.Add("http://127.0.0.1:0");
        app.Run(TakeAsync);
        app.StartAsync().GetAwaiter().GetResult();
        Url = new Uri(app.Urls.Single() + "/hook");
    }

    public Uri Url { get; }

    /// <summary>How many wait to be read.</summary>
    public int Count => got.Reader.Count;

    public void Answer(HttpStatusCode status, int times)
    {
        for (var i = 0; i < times; i++) answers.Enqueue(status);
    }

    public void Stall(int times)
    {
        for (var i = 0; i < times; i++) answers.Enqueue(null);
    }

    public Task<Webhook> ReadAsync() => got.Reader.ReadAsync().Within();

    /// <summary>The one event of the next request.</summary>
    public async Task<string> EventAsync() =>
        JsonElement.Parse((await ReadAsync()).Body).GetProperty("events").EnumerateArray().Single().GetRawText();

    public ValueTask DisposeAsync() => app.DisposeAsync();

    private async Task TakeAsync(HttpContext context)
    {
        using var reader = new StreamReader(context.Request.Body, Encoding.UTF8);
        var body = await reader.ReadToEndAsync(context.RequestAborted);
        var answer = answers.TryDequeue(out var told) ? told : HttpStatusCode.OK;
        got.Writer.TryWrite(new Webhook(
            context.Request.ContentType ?? "", context.Request.Headers["X-Pusher-Key"].ToString(),
            context.Request.Headers["X-Pusher-Signature"].ToString(), body));
        if (answer is { } status)
        {
            context.Response.StatusCode = (int)status;
            return;
        }
        // Whoever gives it up ends it.
        await Task.Delay(Timeout.Infinite, context.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    internal sealed record Webhook(string ContentType, string Key, string Signature, string Body);
}
