using System.Net.WebSockets;
using System.Text;
using Kodama.Testing;
using Microsoft.AspNetCore.Builder;

namespace Kodama.Server.Tests;

/// <summary>A server with one route of channels, and its clients.</summary>
internal static class ChannelServer
{
    public static async Task<KodamaServer> StartAsync(
        bool tls, Func<WebSocketChannel, Task> handler, Action<WebSocketChannelOptions>? configure = null,
        Action<KodamaOptions>? hub = null)
    {
        var options = new KodamaOptions { StopTimeout = Deadline.Default };
        if (tls) options.UseHttps(TestCertificate.Instance);
        hub?.Invoke(options);
        var server = new KodamaServer(options);
        server.Endpoints.MapWebSocket("/echo/{colour}", handler, configure);
        await server.StartAsync("127.0.0.1", 0).Within();
        return server;
    }

    public static async Task<ClientWebSocket> ConnectAsync(KodamaServer server, string path, params string[] subprotocols)
    {
        var client = new ClientWebSocket();
        client.Options.RemoteCertificateValidationCallback = (_, _, _, _) => true;
        foreach (var subprotocol in subprotocols) client.Options.AddSubProtocol(subprotocol);
        await client.ConnectAsync(
            new Uri(server.Addresses[0].Replace("http", "ws", StringComparison.Ordinal) + path), CancellationToken.None).Within();
        return client;
    }

    public static async Task<(byte[] Bytes, WebSocketMessageType Type)> ReceiveAsync(ClientWebSocket client)
    {
        var buffer = new byte[16 * 1024];
        var result = await client.ReceiveAsync(buffer, CancellationToken.None).Within();
        return (buffer[..result.Count], result.MessageType);
    }

    public static async Task<WebSocketCloseStatus?> CloseStatusAsync(ClientWebSocket client)
    {
        var (_, type) = await ReceiveAsync(client);
        Assert.Equal(WebSocketMessageType.Close, type);
        return client.CloseStatus;
    }

    public static async Task<string> ReceiveTextAsync(ClientWebSocket client)
    {
        var (bytes, type) = await ReceiveAsync(client);
        Assert.Equal(WebSocketMessageType.Text, type);
        return Encoding.UTF8.GetString(bytes);
    }

    public static Task SayAsync(ClientWebSocket client, string text) =>
        client.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, true, CancellationToken.None).Within();
}
