using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json;
using Kodama.Testing;

namespace Kodama.Server.Tests;

/// <summary>Who was refused, and what would let it in, as the event stream tells whoever runs the hub, and nobody else.</summary>
public sealed class RefusalEventsTests
{
    private const string Token = "of-whoever-runs-the-hub";

    [Fact]
    public async Task Stream_OfWhoeverRunsTheHub_BeginsWithThemAndGoesOn()
    {
        await using var hub = await StartAsync();
        await AskAsync(hub, "/", "a.example");
        using var events = await OpenAsync(hub, "/api/events");

        var before = (await events.ReadAsync("snapshot")).Data.GetProperty("refusals");
        await AskAsync(hub, "/ws", null, "Origin: http://localhost:3000\r\n");
        await AskAsync(hub, "/ws", null, "Origin: http://localhost:3000\r\n");
        await AskAsync(hub, "/ws", null, "Sec-Fetch-Site: cross-site\r\n");
        var page = (await events.ReadAsync("refusal")).Data;
        var nameless = (await events.ReadAsync("refusal")).Data;

        Assert.Equal(
            ("host", "a.example", "127.0.0.1", "--allowed-host a.example"), Of(Assert.Single(before.EnumerateArray())));
        Assert.Equal(("origin", "http://localhost:3000", "127.0.0.1", "--origin http://localhost:3000"), Of(page));
        Assert.Equal(("origin", null, "127.0.0.1", "--origin"), Of(nameless));
        Assert.Matches(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$", page.GetProperty("time").GetString());
    }

    [Fact]
    public async Task Refusal_ForWantOfAToken_SaysWhatItWasTold()
    {
        await using var hub = await StartAsync(o => o.Token = "of-who-may-join");
        await AskAsync(hub, "/api/rooms?token=wrong", null);
        await AskAsync(hub, "/api/admin/rooms/lobby/state", null, "Authorization: Bearer wrong\r\n");
        using var events = await OpenAsync(hub, "/api/events");

        var told = (await events.ReadAsync("snapshot")).Data.GetProperty("refusals").EnumerateArray().ToList();

        Assert.Equal(["authentication", "admin"], told.Select(one => one.GetProperty("cause").GetString()));
        Assert.Equal(["The token is wrong.", "The admin token is wrong."], told.Select(one => one.GetProperty("reason").GetString()));
        Assert.DoesNotContain("of-who", string.Concat(told), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/api/events", false)]
    [InlineData("/api/events?room=lobby", true)]
    public async Task Stream_OfAnybodyElseOrOfARoom_TellsOfNone(string path, bool withToken)
    {
        await using var hub = await StartAsync();
        await AskAsync(hub, "/", "a.example");
        using var events = withToken ? await OpenAsync(hub, path) : await SseReader.OpenAsync(hub.Client, path);

        var snapshot = (await events.ReadAsync("snapshot")).Data;
        await AskAsync(hub, "/", "b.example");
        // The next but one: what has come before the first of them is told by then.
        await events.ReadAsync("stats");
        var names = new List<string>();
        for (var stats = 0; stats < 2;)
        {
            names.Add((await events.ReadAsync())!.Name);
            if (names[^1] == "stats") stats++;
        }

        Assert.False(snapshot.TryGetProperty("refusals", out _));
        Assert.DoesNotContain("refusal", names);
    }

    [Fact]
    public async Task Refusals_ThatAreKept_AreBounded()
    {
        var clock = new FakeClock();
        await using var hub = await TestHub.StartAsync(o => o.AdminToken = Token, clock: clock);
        for (var minute = 0; minute < 6; minute++)
        {
            for (var i = 0; i < RefusalNotices.Most; i++)
                await AskAsync(hub, "/", string.Create(CultureInfo.InvariantCulture, $"{minute}-{i}.example"));
            clock.Advance(TimeSpan.FromMinutes(1));
        }
        using var events = await OpenAsync(hub, "/api/events");

        var told = (await events.ReadAsync("snapshot")).Data.GetProperty("refusals").EnumerateArray().ToList();

        Assert.Equal(RecentRefusals.Most, told.Count);
        Assert.Equal(("2-0.example", "5-7.example"), (told[0].GetProperty("given").GetString(), told[^1].GetProperty("given").GetString()));
    }

    private static (string?, string?, string?, string?) Of(JsonElement refusal) =>
        (Value(refusal, "cause"), Value(refusal, "given"), Value(refusal, "address"), Value(refusal, "option"));

    private static string? Value(JsonElement refusal, string name) =>
        refusal.TryGetProperty(name, out var value) ? value.GetString() : null;

    private static Task<TestHub> StartAsync(Action<KodamaOptions>? options = null) => TestHub.StartAsync(o =>
    {
        o.AdminToken = Token;
        options?.Invoke(o);
    });

    private static Task<SseReader> OpenAsync(TestHub hub, string path)
    {
        hub.Client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Token);
        return SseReader.OpenAsync(hub.Client, path);
    }

    private static async Task AskAsync(TestHub hub, string path, string? host, string headers = "")
    {
        await using var client = await hub.RawAsync();
        await client.SendTextAsync($"GET {path} HTTP/1.1\r\nHost: {host ?? client.Authority}\r\n{headers}\r\n");
        Assert.InRange((await client.ReadResponseAsync())!.Status, 400, 499);
    }
}
