using System.Net.WebSockets;
using System.Runtime.CompilerServices;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Kodama.Server.Tests;

public sealed class ReadmeTests
{
    [Fact]
    public void Readme_Example_IsTheOneThatIsCompiled()
    {
        var readme = File.ReadAllText(Path.Combine(Here(), "../../src/Kodama.Server/README.md"));
        var example = File.ReadAllText(Path.Combine(Here(), "ReadmeExample.cs"));

        Assert.StartsWith($"# Kodama.Server\n\n```csharp\n{example}```\n", readme, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Readme_Example_TellsARoomWhatTheApplicationDoes()
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        await using var app = Example.ReadmeExample.Build(
            ["--urls", "http://127.0.0.1:0", "--Logging:LogLevel:Default", nameof(LogLevel.None)]);
        await app.StartAsync(deadline.Token);
        var address = new Uri(app.Urls.Single());
        using var watcher = app.Services.GetRequiredService<Hub>().Watch(new WatchOptions { Kinds = HubEventKind.Join });
        using var screen = new ClientWebSocket();
        await screen.ConnectAsync(new UriBuilder(new Uri(address, "realtime/ws/kitchen?name=Grill")) { Scheme = "ws" }.Uri, deadline.Token);
        Assert.Equal("Welcome, Grill.", await ReceiveAsync(screen, deadline.Token));
        // The welcome comes before the join.
        await watcher.FirstAsync(deadline.Token);
        using var http = new HttpClient { BaseAddress = address };

        using var answer = await http.PostAsync(new Uri("orders", UriKind.Relative), null, deadline.Token);

        Assert.Equal("Told 1 screens.", await answer.Content.ReadAsStringAsync(deadline.Token));
        Assert.Equal("An order of someone.", await ReceiveAsync(screen, deadline.Token));
    }

    [Fact]
    public async Task Snippets_OfChannels_EchoAndChat()
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        var builder = WebApplication.CreateBuilder(["--urls", "http://127.0.0.1:0", "--Logging:LogLevel:Default", nameof(LogLevel.None)]);
        builder.Services.AddKodama();
        await using var app = builder.Build();
        app.MapKodama();
        Example.ReadmeSnippets.Map(app);
        await app.StartAsync(deadline.Token);

        using var echo = await ConnectAsync("/echo");
        await echo.SendAsync("hello"u8.ToArray(), WebSocketMessageType.Text, true, deadline.Token);
        Assert.Equal("hello", await ReceiveAsync(echo, deadline.Token));

        using var raw = await ConnectAsync("/ws/chat%2Ftea");
        using var yui = await ConnectAsync("/chat/tea?name=Yui");
        Assert.Equal("Yui is here.", await ReceiveAsync(raw, deadline.Token));
        using var ren = await ConnectAsync("/chat/tea?name=Ren");
        Assert.Equal("Ren is here.", await ReceiveAsync(yui, deadline.Token));
        await yui.SendAsync("tea?"u8.ToArray(), WebSocketMessageType.Text, true, deadline.Token);
        foreach (var client in new[] { yui, ren }) Assert.Equal("Yui: tea?", await ReceiveAsync(client, deadline.Token));
        await ren.CloseAsync(WebSocketCloseStatus.NormalClosure, "", deadline.Token);
        Assert.Equal("Ren has gone.", await ReceiveAsync(yui, deadline.Token));

        async Task<ClientWebSocket> ConnectAsync(string path)
        {
            var socket = new ClientWebSocket();
            await socket.ConnectAsync(new Uri(app.Urls.Single().Replace("http", "ws", StringComparison.Ordinal) + path), deadline.Token);
            return socket;
        }
    }

    private static async Task<string> ReceiveAsync(ClientWebSocket socket, CancellationToken cancellationToken)
    {
        var buffer = new byte[1024];
        var received = await socket.ReceiveAsync(buffer.AsMemory(), cancellationToken);
        return Encoding.UTF8.GetString(buffer, 0, received.Count);
    }

    private static string Here([CallerFilePath] string path = "") => Path.GetDirectoryName(path)!;
}
