using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Kodama.Testing;

namespace Kodama.Discovery.Tests;

public class HubProbeTests
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(1);

    private readonly FakeClock clock = new();

    [Fact]
    public async Task AskAsync_Hub_TellsWhatItSays()
    {
        await using var server = LoopbackServer.Answering(
            LoopbackServer.Hub("""{"name":"Lounge","floor":"2"}""", "Kodama-Id: 0a1b\r\nKodama-Path: /hub/ws\r\n"));
        var answer = (await AskAsync(server)).Answer!;
        Assert.Equal("0a1b", answer.Id);
        Assert.Equal("/hub/ws", answer.Path);
        Assert.Equal("Lounge", answer.Details["name"]);
        Assert.Equal("2", answer.Details["floor"]);
        Assert.Null(answer.CertificateFingerprint);
    }

    [Fact]
    public async Task AskAsync_Request_IsAPlainGet()
    {
        var seen = new TaskCompletionSource<string>();
        await using var server = new LoopbackServer(async (_, stream) => seen.SetResult(await LoopbackServer.ReadRequestAsync(stream)));
        _ = AskAsync(server);
        var request = await seen.Task.Within();
        Assert.StartsWith($"GET / HTTP/1.1\r\nHost: 127.0.0.1:{server.Port}\r\n", request, StringComparison.Ordinal);
        Assert.Contains("Connection: close\r\n", request, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AskAsync_DartServer_HasNoIdAndTheUsualPath()
    {
        await using var server = LoopbackServer.Answering(
            "HTTP/1.1 200 OK\r\nserver: local-websocket/1.0.0\r\ntransfer-encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n");
        var answer = (await AskAsync(server)).Answer!;
        Assert.Null(answer.Id);
        Assert.Equal("/ws", answer.Path);
    }

    [Theory]
    [InlineData("Kodama-Id: \x1b[31m\r\n")]
    [InlineData("Kodama-Id: a b\r\n")]
    [InlineData("Kodama-Path: ws\r\nKodama-Id: 0123456789012345678901234567890123456789012345678901234567890123456789\r\n")]
    [InlineData("Kodama-Path: /a b\r\n")]
    public async Task AskAsync_StrangeHeaders_AreNotTaken(string headers)
    {
        await using var server = LoopbackServer.Answering(LoopbackServer.Hub(headers: headers));
        var result = await AskAsync(server);
        Assert.True(result.Answer is null or { Id: null, Path: "/ws" });
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nServer: nginx\r\nContent-Length: 2\r\n\r\n{}")]
    [InlineData("HTTP/1.1 404 Not Found\r\nServer: local-websocket/1.0.0\r\nContent-Length: 2\r\n\r\n{}")]
    [InlineData("HTTP/1.1 200 OK\r\nServer: local-websocket/1.0.0\r\nContent-Length: 2\r\n\r\n[]")]
    [InlineData("HTTP/1.1 200 OK\r\nServer: local-websocket/1.0.0\r\nContent-Length: 3\r\n\r\n{}")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")]
    [InlineData("220 mail ready\r\n")]
    public async Task AskAsync_AnythingElse_IsNoHub(string response)
    {
        await using var server = LoopbackServer.Answering(response);
        Assert.Equal(ProbeResult.NoHub, await AskAsync(server));
        Assert.Equal(1, server.Accepted);
    }

    [Fact]
    public async Task AskAsync_NothingListens_IsNoHub()
    {
        int port;
        await using (var server = LoopbackServer.Silent()) port = server.Port;
        Assert.Equal(
            ProbeResult.NoHub,
            await new HubProbe(clock).AskAsync(new(new(IPAddress.Loopback, port)), Timeout, false, default).Within());
    }

    [Theory]
    [InlineData("")]
    [InlineData("HTTP/1.1 200 OK\r\nServer: local-websocket/1.0.0\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nServer: local-websocket/1.0.0\r\nContent-Length: 2\r\n\r\n{")]
    public async Task AskAsync_AnswerThatDoesNotEnd_EndsWithTheTimeout(string start)
    {
        var sent = new TaskCompletionSource();
        await using var server = new LoopbackServer(async (_, stream) =>
        {
            await LoopbackServer.ReadRequestAsync(stream);
            await stream.WriteAsync(Encoding.ASCII.GetBytes(start));
            sent.SetResult();
            await LoopbackServer.UntilEndAsync(stream);
        });
        var asking = AskAsync(server);
        await sent.Task.Within();
        Assert.False(asking.IsCompleted);
        clock.Advance(Timeout);
        Assert.Equal(ProbeResult.NoHub, await asking.Within());
        await Deadline.UntilAsync(() => server.Open == 0);
    }

    [Fact]
    public async Task AskAsync_EndlessBody_EndsAtTheBound()
    {
        long sent = 0;
        await using var server = new LoopbackServer(async (_, stream) =>
        {
            await LoopbackServer.ReadRequestAsync(stream);
            await stream.WriteAsync("HTTP/1.1 200 OK\r\nServer: local-websocket/1.0.0\r\n\r\n"u8.ToArray());
            while (true)
            {
                await stream.WriteAsync(new byte[1024]);
                Interlocked.Add(ref sent, 1024);
            }
        });
        Assert.Equal(ProbeResult.NoHub, await AskAsync(server).Within());
        await Deadline.UntilAsync(() => server.Open == 0);
    }

    [Fact]
    public async Task AskAsync_Cancelled_EndsAtOnce()
    {
        await using var server = LoopbackServer.Silent();
        using var cancellation = new CancellationTokenSource();
        var asking = new HubProbe(clock).AskAsync(server.Target(), Timeout, false, cancellation.Token);
        await Deadline.UntilAsync(() => server.Open == 1);
        await cancellation.CancelAsync();
        Assert.Equal(ProbeResult.NoHub, await asking.Within());
        await Deadline.UntilAsync(() => server.Open == 0);
    }

    [Fact]
    public async Task AskAsync_TlsHub_TellsItsFingerprint()
    {
        using var certificate = SelfSigned();
        await using var server = TlsServer(certificate, LoopbackServer.Hub());
        var answer = (await AskAsync(server)).Answer!;
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(certificate.RawData)), answer.CertificateFingerprint);
        Assert.Equal(2, server.Accepted);
    }

    [Fact]
    public async Task AskAsync_TlsServerThatIsNoHub_IsNoHub()
    {
        using var certificate = SelfSigned();
        await using var server = TlsServer(certificate, "HTTP/1.1 200 OK\r\nServer: nginx\r\n\r\n");
        Assert.Equal(ProbeResult.NoHub, await AskAsync(server));
    }

    [Fact]
    public async Task AskAsync_ServerThatAlwaysResets_IsTriedTwiceAndNoMore()
    {
        await using var server = new LoopbackServer((_, stream) =>
        {
            ((NetworkStream)stream).Socket.LingerState = new LingerOption(true, 0);
            return Task.CompletedTask;
        });
        Assert.Null((await AskAsync(server)).Answer);
        Assert.Equal(2, server.Accepted);
    }

    private Task<ProbeResult> AskAsync(LoopbackServer server) =>
        new HubProbe(clock).AskAsync(server.Target(), Timeout, false, default).Within();

    private static LoopbackServer TlsServer(X509Certificate2 certificate, string response) => new(async (_, stream) =>
    {
        await using var tls = new SslStream(stream);
        await tls.AuthenticateAsServerAsync(certificate);
        await LoopbackServer.ReadRequestAsync(tls);
        await tls.WriteAsync(Encoding.UTF8.GetBytes(response));
    });

    private static X509Certificate2 SelfSigned()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=hub", key, HashAlgorithmName.SHA256);
        return request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
    }
}
