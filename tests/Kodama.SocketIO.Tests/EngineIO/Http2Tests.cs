using System.Net;
using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Kodama.Testing;

namespace Kodama.SocketIO.Tests;

/// <summary>Over TLS and HTTP/2 all requests of a session share a connection, and a WebSocket is one of its streams.</summary>
public sealed class Http2Tests
{
    [Fact]
    public async Task Session_OverHttp2_PollsAndUpgrades()
    {
        using var certificate = CreateCertificate();
        await using var engine = await TestEngine.StartAsync(kodama: o => o.UseHttps(certificate));
        using var handler = Trusting();
        using var client = new HttpClient(handler, disposeHandler: false)
        {
            BaseAddress = engine.Http,
            DefaultRequestVersion = HttpVersion.Version20,
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        Assert.StartsWith(
            "0{", await client.GetStringAsync($"{TestEngine.Path}?EIO=4&transport=polling").Within(), StringComparison.Ordinal);
        var session = engine.Handler.Session;
        var poll = client.GetStringAsync($"{TestEngine.Path}?{TestEngine.Polling(session.Id)}");
        await Deadline.UntilAsync(() => session.IsWritable);
        using var posted = await client.PostAsync(
            $"{TestEngine.Path}?{TestEngine.Polling(session.Id)}", new StringContent("4hello")).Within();
        Assert.Equal("4hello", await poll.Within());

        using var socket = new ClientWebSocket();
        socket.Options.HttpVersion = HttpVersion.Version20;
        socket.Options.HttpVersionPolicy = HttpVersionPolicy.RequestVersionExact;
        using var invoker = new HttpMessageInvoker(Trusting());
        var address = new UriBuilder(engine.Http) { Scheme = "wss", Path = TestEngine.Path, Query = TestEngine.WebSocket(session.Id) }.Uri;
        await socket.ConnectAsync(address, invoker, CancellationToken.None).Within();
        await SendAsync(socket, "2probe");
        Assert.Equal("3probe", await ReceiveAsync(socket));
        await SendAsync(socket, "5");
        await SendAsync(socket, "4over");
        Assert.Equal("4over", await ReceiveAsync(socket));
        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None).Within();
        Assert.Equal(DisconnectReason.TransportClose, await engine.Handler.Closed);
    }

    [Fact]
    public async Task Refusal_OfAHandshakeOverHttp2_IsTold()
    {
        using var certificate = CreateCertificate();
        await using var engine = await TestEngine.StartAsync(kodama: o => o.UseHttps(certificate));
        using var socket = new ClientWebSocket();
        socket.Options.HttpVersion = HttpVersion.Version20;
        socket.Options.HttpVersionPolicy = HttpVersionPolicy.RequestVersionExact;
        socket.Options.CollectHttpResponseDetails = true;
        using var invoker = new HttpMessageInvoker(Trusting());
        var address = new UriBuilder(engine.Http) { Scheme = "wss", Path = TestEngine.Path, Query = TestEngine.WebSocket("abc") }.Uri;

        await Assert.ThrowsAsync<WebSocketException>(() => socket.ConnectAsync(address, invoker, CancellationToken.None).Within());

        Assert.Equal(HttpStatusCode.BadRequest, socket.HttpStatusCode);
    }

    private static SocketsHttpHandler Trusting() => new() { SslOptions = { RemoteCertificateValidationCallback = (_, _, _, _) => true } };

    private static Task SendAsync(ClientWebSocket socket, string text) =>
        socket.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None).Within();

    private static async Task<string> ReceiveAsync(ClientWebSocket socket)
    {
        var buffer = new byte[1024];
        var received = await socket.ReceiveAsync(buffer, CancellationToken.None).Within();
        return Encoding.UTF8.GetString(buffer, 0, received.Count);
    }

    private static X509Certificate2 CreateCertificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=kodama.test", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        return request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
    }
}
