using System.Globalization;
using Kodama.Testing;
using Microsoft.Extensions.Logging;

namespace Kodama.Server.Tests;

/// <summary>Who runs the hub learns who was refused, and what would let it in; who is refused does not fill the log.</summary>
public sealed class RefusalNoticesTests
{
    [Fact]
    public async Task Host_ThatIsForeign_IsToldWithTheOptionThatWouldAllowIt()
    {
        await using var hub = await TestHub.StartAsync();

        await AskAsync(hub, "/", "hub.example:8080");

        Assert.Equal(
            ["A client at 127.0.0.1 was refused: it gave this hub the name \"hub.example\". "
                + "If that is the hub's: --allowed-host hub.example (AllowedHosts)."],
            Notices(hub));
    }

    [Theory]
    [InlineData("/ws")]
    [InlineData("/api/events")]
    public async Task Origin_ThatIsForeign_IsToldWithTheOptionThatWouldAllowIt(string path)
    {
        await using var hub = await TestHub.StartAsync();

        await AskAsync(hub, path, null, "Origin: http://localhost:3000\r\n");

        Assert.Equal(
            ["A page of http://localhost:3000 was refused, in a browser at 127.0.0.1. "
                + "If such pages may use this hub: --origin http://localhost:3000 (AllowedOrigins)."],
            Notices(hub));
    }

    [Theory]
    [InlineData("Origin: null", "--origin null")]
    [InlineData("Sec-Fetch-Site: cross-site", "does not say whose it is")]
    [InlineData("Origin: http://a.example;reboot", "of http://a.example;reboot was refused", ": --origin (AllowedOrigins)")]
    [InlineData("Origin: -x", "of -x was refused", ": --origin (AllowedOrigins)")]
    public async Task Origin_ThatIsOdd_IsToldWithoutWhatAShellWouldHeed(string header, params string[] said)
    {
        await using var hub = await TestHub.StartAsync();

        await AskAsync(hub, "/api/events", null, header + "\r\n");

        var notice = Assert.Single(Notices(hub));
        Assert.All(said, part => Assert.Contains(part, notice, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("", "A token is required")]
    [InlineData("Authorization: Bearer wrong\r\n", "The token is wrong.")]
    public async Task Client_WithoutTheToken_IsTold(string headers, string said)
    {
        await using var hub = await TestHub.StartAsync(o => o.Token = "secret");

        await AskAsync(hub, "/api/rooms", null, headers);

        var notice = Assert.Single(Notices(hub));
        Assert.StartsWith($"A client at 127.0.0.1 was not let in: {said}", notice, StringComparison.Ordinal);
        Assert.Contains("--token", notice, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", notice, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Client_WithoutATokenOfItsOwn_IsToldWhatMakesOne()
    {
        var folder = Directory.CreateTempSubdirectory("kodama-tokens-");
        await using var hub = await TestHub.StartAsync(o => o.UseTokens(TokenFolder.Open(folder.FullName, TimeProvider.System)));

        await AskAsync(hub, "/api/rooms", null);

        Assert.Contains("kodama token create", Assert.Single(Notices(hub)), StringComparison.Ordinal);
        folder.Delete(recursive: true);
    }

    [Fact]
    public async Task Cause_OfManyRequests_IsToldOnceAMinute()
    {
        var clock = new FakeClock();
        await using var hub = await TestHub.StartAsync(clock: clock);

        for (var i = 0; i < 3; i++) await AskAsync(hub, "/", "a.example");
        Assert.Single(Notices(hub));
        clock.Advance(TimeSpan.FromSeconds(59));
        await AskAsync(hub, "/", "a.example");
        Assert.Single(Notices(hub));
        clock.Advance(TimeSpan.FromSeconds(1));
        await AskAsync(hub, "/", "a.example");

        Assert.Equal(2, Notices(hub).Count);
    }

    [Fact]
    public async Task Causes_WithoutEnd_AreToldUpToABound()
    {
        var clock = new FakeClock();
        await using var hub = await TestHub.StartAsync(clock: clock);

        for (var i = 0; i < 30; i++) await AskAsync(hub, "/", string.Create(CultureInfo.InvariantCulture, $"{i}.example"));
        Assert.Equal(RefusalNotices.Most, Notices(hub).Count);
        clock.Advance(TimeSpan.FromMinutes(1));
        await AskAsync(hub, "/", "another.example");

        Assert.Equal(RefusalNotices.Most + 1, Notices(hub).Count);
    }

    [Fact]
    public async Task Name_OfManyCharacters_IsCut()
    {
        await using var hub = await TestHub.StartAsync();

        await AskAsync(hub, "/ws", null, $"Origin: http://{new string('a', 5000)}.example\r\n");

        Assert.InRange(Assert.Single(Notices(hub)).Length, 255, 500);
    }

    private static List<string> Notices(TestHub hub) =>
        [.. hub.Log.Entries.Where(entry => entry.Id.Id is >= 230 and <= 234 && entry.Level == LogLevel.Warning).Select(e => e.Message)];

    private static async Task AskAsync(TestHub hub, string path, string? host, string headers = "")
    {
        await using var client = await hub.RawAsync();
        await client.SendTextAsync($"GET {path} HTTP/1.1\r\nHost: {host ?? client.Authority}\r\n{headers}\r\n");
        Assert.InRange((await client.ReadResponseAsync())!.Status, 400, 499);
    }
}
