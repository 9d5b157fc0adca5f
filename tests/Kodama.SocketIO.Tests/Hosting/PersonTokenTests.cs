using System.Net.WebSockets;
using Kodama.Server;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Kodama.SocketIO.Tests;

/// <summary>Tokens of persons at this door (docs/specs/tokens.md).</summary>
public sealed class PersonTokenTests : IAsyncDisposable
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    private readonly FakeClock clock = new();
    private readonly string root = Directory.CreateTempSubdirectory("kodama-tokens-").FullName;
    private readonly TokenFolder tokens;
    private readonly KodamaServer server;

    public PersonTokenTests()
    {
        tokens = TokenFolder.Open(Path.Combine(root, "tokens"), clock);
        var options = new KodamaOptions();
        options.UseTokens(tokens);
        server = new KodamaServer(options, builder =>
        {
            builder.Logging.ClearProviders();
            builder.Services.AddSingleton<TimeProvider>(clock);
        });
        server.Endpoints.MapSocketIO();
    }

    public async ValueTask DisposeAsync()
    {
        await server.DisposeAsync();
        Directory.Delete(root, recursive: true);
    }

    [Fact]
    public async Task Token_LetsIn_ByItsNameAndRooms_UntilItIsRevoked()
    {
        var hub = await StartAsync();
        await Assert.ThrowsAsync<WebSocketException>(() => WebSocketClient.OpenAsync(hub));
        var elsewhere = tokens.Create("Ben", ["kitchen"], TokenRights.Write, Hour).Token;
        using (var ben = await WebSocketClient.OpenAsync(hub, $"&token={elsewhere}"))
        {
            await ben.SendAsync("40");
            Assert.Equal("44{\"message\":\"The rules of room lobby do not let this client in.\"}", await ben.ReadAsync());
        }
        var (token, says) = tokens.Create("Anna", ["lobby"], TokenRights.Write, Hour);
        using var anna = await WebSocketClient.ConnectAsync(hub, $"&name=Eve&token={token}");
        Assert.Equal("Anna", Assert.Single(server.Hub.Peers).Details["name"]);

        tokens.Revoke(says.Id);
        clock.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal("41", await anna.ReadAsync());
        Assert.Null(await anna.ReadAsync());
        Assert.Empty(server.Hub.Peers);
    }

    private async Task<Uri> StartAsync()
    {
        await server.StartAsync("127.0.0.1", 0).Within();
        return new Uri(server.Addresses[0]);
    }
}
