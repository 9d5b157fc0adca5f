using Kodama.Testing;
using Microsoft.Extensions.Logging;

namespace Kodama.Server.Tests;

/// <summary>What clients do wrong is no error of the hub: nobody may fill its log.</summary>
public sealed class ClientFaultTests
{
    public static TheoryData<string> Bodies => new()
    {
        "Content-Length: 1000\r\n\r\nhalf",
        "Content-Length: 1000\r\n\r\n",
        "Transfer-Encoding: chunked\r\n\r\n",
        "Transfer-Encoding: chunked\r\n\r\n10\r\nhalf",
        "Transfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n",
    };

    [Theory]
    [MemberData(nameof(Bodies))]
    public async Task Body_ThatIsResetOnItsWay_IsCountedAndNoError(string rest)
    {
        await using var hub = await TestHub.StartAsync();
        for (var i = 0; i < 50; i++)
        {
            await using var client = await hub.RawAsync();
            await client.SendTextAsync($"POST /api/rooms/lobby/messages HTTP/1.1\r\nHost: {client.Authority}\r\n{rest}");
            if (i % 2 == 0)
            {
                client.Reset();
                continue;
            }
            client.CompleteSending();
            await client.WaitForEndAsync();
        }

        // Its server waits for all requests.
        await hub.StopAsync();
        Assert.DoesNotContain(hub.Log.Entries, e => e.Level >= LogLevel.Warning && e.Exception is not null);
    }

    [Theory]
    [InlineData("FFFFFFFF")]
    [InlineData("FFFFFFFFFFFFFFFFFFFF")]
    [InlineData("7FFFFFFFF")]
    [InlineData("-1")]
    [InlineData("0x10")]
    [InlineData("")]
    [InlineData("g")]
    public async Task Chunk_OfASizeThatIsNone_IsRefusedWith400(string size)
    {
        await using var hub = await TestHub.StartAsync();
        await using var client = await hub.RawAsync();

        await client.SendTextAsync(
            $"POST /api/rooms/lobby/messages HTTP/1.1\r\nHost: {client.Authority}\r\nTransfer-Encoding: chunked\r\n\r\n"
            + $"{size}\r\nhello\r\n0\r\n\r\n");

        var answer = (await client.ReadResponseAsync())!;
        Assert.Equal(400, answer.Status);
        Assert.Contains("\"code\":\"BAD_REQUEST\"", answer.Body, StringComparison.Ordinal);
        Assert.Null(await client.ReadResponseAsync());
        Assert.Empty(hub.Log.Errors);
    }

    [Fact]
    public async Task Faults_OfAMinute_AreSummedUpInOneLine()
    {
        var clock = new FakeClock();
        await using var hub = await TestHub.StartAsync(o => o.Token = "secret", clock: clock);
        for (var i = 0; i < 3; i++)
        {
            using var refused = await hub.Client.GetAsync("/api/rooms").Within();
            await using var client = await hub.RawAsync();
            await client.SendTextAsync("GET /api/hub HTTP/1.1\r\nHost: evil.example\r\n\r\n");
            await client.ReadResponseAsync();
        }
        Assert.Empty(Lines(hub));

        clock.Advance(TimeSpan.FromMinutes(1));

        Assert.Equal("Within a minute clients were refused, or broke off: authentication 3, host 3.", Assert.Single(Lines(hub)));
        clock.Advance(TimeSpan.FromMinutes(5));
        Assert.Single(Lines(hub));
    }

    private static List<string> Lines(TestHub hub) => [.. hub.Log.Entries.Where(e => e.Id.Id == 226).Select(e => e.Message)];
}
