using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Kodama.Cli.Tests.Support;

/// <summary>A reverse proxy that knows requests and answers, and nothing of upgrades: such are common in front of applications.</summary>
internal sealed class HttpOnlyProxy : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly HttpClient client;

    private HttpOnlyProxy(WebApplication app, HttpClient client)
    {
        this.app = app;
        this.client = client;
    }

    public Uri Address => new(app.Urls.First());

    public static async Task<HttpOnlyProxy> StartAsync(Uri behind)
    {
        var client = new HttpClient { BaseAddress = behind, Timeout = TimeSpan.FromSeconds(60) };
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        app.Run(async context =>
        {
            if (context.Request.Headers.Upgrade.Count > 0)
            {
                context.Response.StatusCode = StatusCodes.Status400BadRequest;
                await context.Response.WriteAsync("<html>Bad Request</html>");
                return;
            }
            using var answer = await client.GetAsync(context.Request.Path.Value);
            context.Response.StatusCode = (int)answer.StatusCode;
            await context.Response.WriteAsync(await answer.Content.ReadAsStringAsync());
        });
        await app.StartAsync().WaitAsync(TimeSpan.FromSeconds(60));
        return new HttpOnlyProxy(app, client);
    }

    public async ValueTask DisposeAsync()
    {
        await app.DisposeAsync();
        client.Dispose();
    }
}
