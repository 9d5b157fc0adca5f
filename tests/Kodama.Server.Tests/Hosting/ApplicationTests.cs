using System.Net;
using System.Security.Claims;
using System.Security.Cryptography.X509Certificates;
using System.Text.Encodings.Web;
using Kodama.Testing;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Kodama.Server.Tests;

/// <summary>A hub as a guest in somebody's application.</summary>
public sealed class ApplicationTests
{
    [Fact]
    public async Task Application_WithItsOwnEndpoints_KeepsThem()
    {
        await using var hub = await TestHub.StartAppAsync(
            b => b.Services.AddKodama(),
            app =>
            {
                app.MapGet("/", () => "the application");
                app.MapKodama("/realtime");
            },
            "/realtime");
        await using var peer = await hub.JoinAsync("/ws/tea");

        Assert.Equal("the application", await hub.Client.GetStringAsync("/"));
        Assert.Contains("name", await hub.Client.GetStringAsync("/realtime"), StringComparison.Ordinal);
        Assert.Contains("/realtime\"", await hub.Client.GetStringAsync("/realtime/api/hub"), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await hub.Client.GetAsync("/api/hub")).StatusCode);
    }

    [Fact]
    public async Task Application_WithItsOwnLogin_GivesThePrincipalToThePeer()
    {
        await using var hub = await TestHub.StartAppAsync(
            b =>
            {
                AddLogin(b.Services);
                b.Services.AddKodama();
            },
            app =>
            {
                app.UseAuthentication();
                app.UseAuthorization();
                app.MapKodama().RequireAuthorization();
            });
        await using var stranger = await hub.RawAsync();
        await stranger.SendTextAsync(stranger.UpgradeHead("/ws"));

        await using var yui = await hub.JoinAsync("/ws", o => o.SetRequestHeader("X-User", "yui"));

        Assert.Equal(401, (await stranger.ReadResponseAsync())!.Status);
        Assert.Equal("yui", yui.Peer!.Principal!.Identity!.Name);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/peers");
        request.Headers.Add("X-User", "ren");
        using var peers = await hub.Client.SendAsync(request);
        Assert.Contains("\"user\":\"yui\"", await peers.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Application_WithALoginThatIsNotDemanded_LetsStrangersInWithoutPrincipal()
    {
        await using var hub = await TestHub.StartAppAsync(
            b =>
            {
                AddLogin(b.Services);
                b.Services.AddKodama();
            },
            app =>
            {
                app.UseAuthentication();
                app.MapKodama();
            });

        await using var stranger = await hub.JoinAsync();

        Assert.Null(stranger.Peer!.Principal);
    }

    [Fact]
    public async Task Services_ThatAreRules_AreAsked()
    {
        var told = new ConnectionRecorder();
        await using var hub = await TestHub.StartAppAsync(
            b =>
            {
                b.Services.AddSingleton<IConnectionEvents>(told);
                b.Services.AddSingleton<IAuthenticator>(new TokenAuthenticator("secret"));
                b.Services.AddKodama();
            },
            app => app.MapKodama());

        Assert.Equal(HttpStatusCode.Unauthorized, (await hub.Client.GetAsync("/api/peers")).StatusCode);
        await using var peer = await hub.JoinAsync("/ws?token=secret");
        Assert.Equal([peer.Peer!], told.Connected);
    }

    [Fact]
    public async Task Services_ThatAreRules_AreAskedByAKodamaServerToo()
    {
        await using var hub = await TestHub.StartAsync(configure: b =>
            b.Services.AddSingleton<IAuthenticator>(new TokenAuthenticator("secret")));

        Assert.Equal(HttpStatusCode.Unauthorized, (await hub.Client.GetAsync("/api/peers")).StatusCode);
    }

    [Fact]
    public async Task Options_FromConfiguration_AreBoundAndThenCode()
    {
        await using var hub = await TestHub.StartAppAsync(
            b =>
            {
                b.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
                {
                    ["Kodama:Name"] = "Configured",
                    ["Kodama:Echo"] = "true",
                    ["Kodama:Token"] = "secret",
                    ["Kodama:MaxMessageSize"] = "10",
                    ["Kodama:PingInterval"] = "00:00:07",
                    ["Kodama:Details:topic"] = "tea",
                    ["Kodama:AllowedOrigins:0"] = "https://app.example",
                    ["Kodama:Outbox:MaxFrames"] = "3",
                    ["Kodama:Rooms:tea:KeepWhenEmpty"] = "true",
                });
                b.Services.AddKodama(o => o.MaxMessageSize = 20);
            },
            app => app.MapKodama());

        var options = hub.Services.GetRequiredService<KodamaOptions>();
        Assert.Equal("Configured", options.Name);
        Assert.True(options.Echo);
        Assert.Equal("secret", options.Token);
        Assert.Equal(20, options.MaxMessageSize);
        Assert.Equal(TimeSpan.FromSeconds(7), options.PingInterval);
        Assert.Equal("tea", options.Details["topic"]);
        Assert.Equal(["https://app.example"], options.AllowedOrigins);
        Assert.Equal(3, options.Outbox.MaxFrames);
        Assert.True(options.Rooms["tea"].KeepWhenEmpty);
    }

    [Theory]
    [InlineData("MaxMessageSize", "0")]
    [InlineData("Token", "")]
    [InlineData("DefaultRoom", "")]
    [InlineData("PingInterval", "-00:00:01")]
    [InlineData("AllowedOrigins:0", "app.example")]
    [InlineData("AllowedOrigins:0", "https://app.example/chat")]
    public async Task Option_OutOfItsRange_StopsTheStartWithItsName(string name, string value)
    {
        var error = await Assert.ThrowsAsync<ArgumentException>(() => TestHub.StartAppAsync(
            b =>
            {
                b.Configuration.AddInMemoryCollection(new Dictionary<string, string?> { ["Kodama:" + name] = value });
                b.Services.AddKodama();
            },
            app => app.MapKodama()));

        Assert.True(error.Message.Length > 20, error.Message);
    }

    [Fact]
    public async Task Hub_WithoutToken_SaysThatAnyoneCanJoin()
    {
        await using var open = await TestHub.StartAsync();
        await using var guarded = await TestHub.StartAsync(o => o.Token = "secret");

        Assert.Contains(open.Log.Entries, e => e.Id.Id == 222);
        Assert.DoesNotContain(guarded.Log.Entries, e => e.Id.Id == 222);
    }

    [Fact]
    public async Task Server_OnAPortThatIsTaken_SaysSo()
    {
        await using var hub = await TestHub.StartAsync();
        await using var second = new KodamaServer();

        await Assert.ThrowsAsync<IOException>(() => second.StartAsync("127.0.0.1", hub.Http.Port));

        Assert.Empty(second.Addresses);
        var again = await Assert.ThrowsAsync<InvalidOperationException>(() => second.StartAsync("127.0.0.1", 0));
        Assert.StartsWith("The start of this server has failed", again.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Server_WithAnAddressThatCannotBe_CanStartOnAnother()
    {
        await using var server = new KodamaServer();
        await Assert.ThrowsAsync<ArgumentException>(() => server.StartAsync("nowhere", 0));

        await server.StartAsync("127.0.0.1", 0).Within();

        Assert.Single(server.Addresses);
        var again = await Assert.ThrowsAsync<InvalidOperationException>(() => server.StartAsync("127.0.0.1", 0));
        Assert.StartsWith("The server has been started already", again.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Server_WithACertificate_SpeaksHttps()
    {
        await using var hub = await TestHub.StartAsync(o => o.UseHttps(TestCertificate.Instance));
        await using var peer = await hub.JoinAsync();

        Assert.Equal("https", hub.Http.Scheme);
        Assert.Equal("""{"status":"ok"}""", await hub.Client.GetStringAsync("/health").Within());
        Assert.Contains(
            hub.Http.GetLeftPart(UriPartial.Authority), await hub.Client.GetStringAsync("/api/hub").Within(), StringComparison.Ordinal);
    }

    [Fact]
    public void UseHttps_WithACertificateThatHasNoKey_SaysSo()
    {
        using var certificate = X509CertificateLoader.LoadCertificate(TestCertificate.Instance.RawData);

        var error = Assert.Throws<ArgumentException>(() => new KodamaOptions().UseHttps(certificate));

        Assert.Equal(
            "Certificate \"CN=kodama.test\" has no private key: load it together with its key, as from a PFX file.", error.Message);
    }

    [Fact]
    public async Task WaitForShutdown_Cancelled_StopsTheServer()
    {
        await using var server = new KodamaServer();
        await server.StartAsync("127.0.0.1", 0).Within();
        using var stop = new CancellationTokenSource();
        var waiting = server.WaitForShutdownAsync(stop.Token);
        Assert.False(waiting.IsCompleted);

        await stop.CancelAsync();
        await waiting.Within();

        Assert.True(server.Hub.IsStopping);
    }

    [Fact]
    public async Task Server_ThatNeverStarted_HasAHubAndCanBeDisposed()
    {
        var server = new KodamaServer(new KodamaOptions { Echo = true });

        Assert.Empty(server.Addresses);
        Assert.Empty(server.Hub.Peers);
        await server.StopAsync();
        await server.DisposeAsync();
    }

    [Fact]
    public async Task Failure_OfAValidator_IsLoggedByTheServersOwnHub()
    {
        await using var hub = await TestHub.StartAsync(o =>
            o.Rules.Validators.Add(new LambdaValidator((_, _) => throw new InvalidOperationException("its own fault"))));
        await using var client = await hub.ConnectAsync();

        Assert.Equal(3000, (await client.ReceiveCloseAsync()).Code);
        await Deadline.UntilAsync(() => hub.Log.Errors.Any(e => e.Exception?.Message == "its own fault"));
    }

    private static void AddLogin(IServiceCollection services)
    {
        services.AddAuthentication("test").AddScheme<AuthenticationSchemeOptions, HeaderScheme>("test", null);
        services.AddAuthorization();
    }

    private sealed class HeaderScheme(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory loggers, UrlEncoder encoder)
        : AuthenticationHandler<AuthenticationSchemeOptions>(options, loggers, encoder)
    {
        protected override Task<AuthenticateResult> HandleAuthenticateAsync()
        {
            if (Request.Headers["X-User"] is not [{ } name]) return Task.FromResult(AuthenticateResult.NoResult());
            var principal = new ClaimsPrincipal(new ClaimsIdentity([new Claim(ClaimTypes.Name, name)], Scheme.Name));
            return Task.FromResult(AuthenticateResult.Success(new AuthenticationTicket(principal, Scheme.Name)));
        }
    }
}
