using System.Net;
using Kodama.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace Kodama.Server.Tests;

/// <summary>The socket itself, taken out of Kestrel.</summary>
public sealed class DetachedWebSocketTests : HostileWebSocketSuite
{
    private protected override Task<TestHub> StartAsync(Action<KodamaOptions>? options = null, TimeProvider? clock = null) => TestHub.StartAsync(options, clock: clock);
}

/// <summary>The upgraded stream of an HTTP/1.1 request over TLS.</summary>
public sealed class TlsWebSocketTests : HostileWebSocketSuite
{
    private protected override Task<TestHub> StartAsync(Action<KodamaOptions>? options = null, TimeProvider? clock = null) =>
        TestHub.StartAsync(options, clock: clock, transport: TestTransport.Tls);
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
    private protected override Task<TestHub> StartAsync(Action<KodamaOptions>? options = null, TimeProvider? clock = null) => TestHub.StartAppAsync(
        builder =>
        {
            if (clock is not null) builder.Services.AddSingleton(clock);
            builder.Services.AddKodama(options);
        },
        app => app.MapKodama("/realtime"),
        "/realtime");
}
