using System.Net;
using Kodama.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace Kodama.Server.Tests;

/// <summary>The socket itself, taken out of Kestrel.</summary>
public sealed class DetachedWebSocketTests : HostileWebSocketSuite
{
    [Theory]
    [InlineData(5)]
    [InlineData(1024 * 1024)]
    public async Task Client_ThatHalfCloses_GetsWhatItIsOwed(int size)
    {
        await using var hub = await StartAsync(o => o.Echo = true);
        await using var client = await hub.RawPeerAsync(receiveBuffer: 16 * 1024);
        var payload = new string('x', size);

        await client.SendAsync([.. RawFrame.OfText(payload), .. RawFrame.Masked(RawFrame.PingOpcode, "p"u8)]);
        client.CompleteSending();

        Assert.Equal(payload, (await client.ReadFrameAsync())!.Text);
        Assert.Equal(RawFrame.PongOpcode, (await client.ReadFrameAsync())!.Opcode);
        Assert.Null(await client.ReadFrameAsync());
        await hub.EmptiesAsync();
        Assert.Empty(hub.Log.Errors);
    }

    private protected override Task<TestHub> StartAsync(Action<KodamaOptions>? options = null, TimeProvider? clock = null) =>
        TestHub.StartAsync(options, clock: clock);
}

/// <summary>The socket with the transport's TLS over it, taken out of Kestrel.</summary>
public sealed class TlsWebSocketTests : HostileWebSocketSuite
{
    private protected override Task<TestHub> StartAsync(Action<KodamaOptions>? options = null, TimeProvider? clock = null) =>
        TestHub.StartAsync(options, clock: clock, transport: TestTransport.Tls);
}

/// <summary>The upgraded stream of an HTTP/1.1 request over Kestrel's own TLS.</summary>
public sealed class KestrelTlsWebSocketTests : HostileWebSocketSuite
{
    private protected override Task<TestHub> StartAsync(Action<KodamaOptions>? options = null, TimeProvider? clock = null) =>
        TestHub.StartAsync(options, clock: clock, transport: TestTransport.KestrelTls);
}

/// <summary>A stream of an HTTP/2 connection (RFC 8441).</summary>
public sealed class Http2WebSocketTests : WebSocketSuite
{
    [Fact]
    public async Task Connection_OverHttp2_IsHttp2()
    {
        await using var hub = await StartAsync();
        await using var client = await hub.ConnectAsync("/ws", o => o.CollectHttpResponseDetails = true);

        Assert.Equal(HttpStatusCode.OK, client.Socket.HttpStatusCode);
    }

    private protected override Task<TestHub> StartAsync(Action<KodamaOptions>? options = null, TimeProvider? clock = null) =>
        TestHub.StartAsync(options, clock: clock, transport: TestTransport.Http2);
}

/// <summary>A hub beside an application's own endpoints, under a prefix.</summary>
public sealed class PrefixedWebSocketTests : HostileWebSocketSuite
{
    private protected override Task<TestHub> StartAsync(Action<KodamaOptions>? options = null, TimeProvider? clock = null) =>
        TestHub.StartAppAsync(
        builder =>
        {
            if (clock is not null) builder.Services.AddSingleton(clock);
            builder.Services.AddKodama(options);
        },
        app => app.MapKodama("/realtime"),
        "/realtime");
}
