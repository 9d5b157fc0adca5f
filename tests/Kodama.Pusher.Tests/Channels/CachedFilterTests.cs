using System.Globalization;
using System.Net;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;

namespace Kodama.Pusher.Tests;

/// <summary>docs/specs/pusher.md, S6: what filters make of an event is what later subscribers get too.</summary>
public sealed class CachedFilterTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("kodama-cached-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Replacement_IsWhatIsKept(bool isDurable)
    {
        await using var server = await StartAsync(
            isDurable, message => FilterResult.Replace(Payload.Arguments("[{\"yen\": 0}]"u8.ToArray())));
        await using var live = await server.ConnectAsync();
        await live.SubscribeAsync("cache-x");
        await live.ExpectAsync("pusher:cache_miss");

        await server.TriggerAsync("cache-x", "price", """{"yen": 120}""");

        Assert.Equal("""{"yen": 0}""", (await live.ExpectAsync("price")).Data);
        await using var late = await server.ConnectAsync();
        await late.SubscribeAsync("cache-x");
        Assert.Equal("""{"yen": 0}""", (await late.ExpectAsync("price")).Data);
        await late.ExpectNothingAsync();
        var described = await server.GetAsync("/apps/1/channels/cache-x", "info=cache");
        Assert.Equal("""{"yen": 0}""", JsonElement.Parse(described.Body).GetProperty("cache").GetProperty("data").GetString());
    }

    [Fact]
    public async Task Filter_OfWhateverIsSaid_IsAskedOnce()
    {
        await using var server = await StartAsync(false, message => FilterResult.Replace($"{message.Text}!"));
        await using var live = await server.ConnectAsync();
        await live.SubscribeAsync("cache-x");
        await live.ExpectAsync("pusher:cache_miss");

        await server.TriggerAsync("cache-x", "greeting", "hello");

        Assert.Equal("hello!", (await live.ExpectAsync("greeting")).Data);
        await using var late = await server.ConnectAsync();
        await late.SubscribeAsync("cache-x");
        Assert.Equal("hello!", (await late.ExpectAsync("greeting")).Data);
    }

    [Fact]
    public async Task Words_ThatAreBanned_LeaveTheEventsNameAsItIs()
    {
        await using var server = await PusherServer.StartAsync(hub: hub => hub.Rules.BanWords(["price", "data"], BannedWordAction.Replace));

        await server.TriggerAsync("cache-x", "price", "the price");

        await using var late = await server.ConnectAsync();
        await late.SubscribeAsync("cache-x");
        Assert.Equal("the *****", (await late.ExpectAsync("price")).Data);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task EventThatIsDropped_LeavesTheOneBefore(bool isDurable)
    {
        await using var server = await StartAsync(
            isDurable, message => message.Text.Contains("bad", StringComparison.Ordinal) ? FilterResult.Drop("No.") : FilterResult.Pass);
        await server.TriggerAsync("cache-x", "e", "good");

        var answer = await server.TriggerAsync("cache-x", "e", "bad");

        Assert.Equal(HttpStatusCode.Forbidden, answer.Status);
        await using var late = await server.ConnectAsync();
        await late.SubscribeAsync("cache-x");
        Assert.Equal("good", (await late.ExpectAsync("e")).Data);
        await late.ExpectNothingAsync();
    }

    [Fact]
    public async Task Room_ThatKeepsNoMessages_KeepsItsEvent()
    {
        await using var server = await PusherServer.StartAsync(hub: hub => hub.Log.Messages = 0);

        await server.TriggerAsync("cache-x", "e", "1");

        await using var late = await server.ConnectAsync();
        await late.SubscribeAsync("cache-x");
        Assert.Equal("1", (await late.ExpectAsync("e")).Data);
    }

    [Fact]
    public async Task EventsOneAfterAnother_UnderFilters_LeaveTheLast()
    {
        await using var server = await StartAsync(true, message => FilterResult.Replace($"<{message.Text}>"));

        for (var i = 0; i < 20; i++) await server.TriggerAsync("cache-x", "n", i.ToString(CultureInfo.InvariantCulture));

        await using var late = await server.ConnectAsync();
        await late.SubscribeAsync("cache-x");
        Assert.Equal("<[19]>", (await late.ExpectAsync("n")).Data);
    }

    private Task<PusherServer> StartAsync(bool isDurable, Func<Message, FilterResult> filter) => PusherServer.StartAsync(
        hub: hub => hub.Rules.Filter(filter),
        services: services =>
        {
            if (isDurable) services.UseSqlite(folder);
        });
}
