using Kodama.Testing;

namespace Kodama.Hostile.Tests.Http;

/// <summary>Readers of <c>/api/events</c>: too many, too slow, gone.</summary>
public sealed class EventStreamTests(Siege siege) : IClassFixture<Siege>
{
    private const int MaxEventStreams = 1024;

    [Fact]
    public Task TooMany_AreRefused() => siege.WithstandsAsync(async () =>
    {
        await using var crowd = await Crowd.GatherAsync(MaxEventStreams + 50, () => siege.ConnectAsync());
        var refused = 0;
        await crowd.EachAsync(async client =>
        {
            await client.SendTextAsync(Head(client));
            if ((await client.ReadHeadAsync()).StartsWith("HTTP/1.1 503 ", StringComparison.Ordinal)) Interlocked.Increment(ref refused);
        });
        // Streams of an attack before may be ending still.
        Assert.True(refused >= 50, $"{refused} were refused.");
    });

    [Fact]
    public Task Stalled_WhileOthersPublish() => siege.WithstandsAsync(async () =>
    {
        await using var stalled = await Crowd.GatherAsync(100, () => siege.ConnectAsync(receiveBuffer: 2048));
        await stalled.EachAsync(client => client.SendTextAsync(Head(client)));
        await using var publisher = await siege.JoinAsync();
        var message = RawFrame.OfText(new string('m', 10_000));
        for (var i = 0; i < 1000; i++) await publisher.SendAsync(message);
        await publisher.SendAsync(RawFrame.OfClose(1000));
        await publisher.WaitForEndAsync();
    });

    [Fact]
    public Task Reset_Many() => siege.WithstandsAsync(async () =>
    {
        for (var round = 0; round < 5; round++)
        {
            await using var crowd = await Crowd.GatherAsync(100, () => siege.ConnectAsync());
            await crowd.EachAsync(async client =>
            {
                await client.SendTextAsync(Head(client));
                await client.ReadHeadAsync();
            });
            crowd.Reset();
        }
    });

    [Fact]
    public Task JoinAndLeave_WhileHundredsLook() => siege.WithstandsAsync(async () =>
    {
        await using var looking = await Crowd.GatherAsync(200, () => siege.ConnectAsync());
        await looking.EachAsync(client => client.SendTextAsync(Head(client)));
        var reading = looking.EachAsync(client => client.WaitForEndAsync());
        for (var round = 0; round < 3; round++)
        {
            await using var crowd = await Crowd.GatherAsync(100, () => siege.JoinAsync($"/ws/room{round}"));
            crowd.Reset();
        }
        looking.Reset();
        await reading;
    });

    [Theory]
    [InlineData("room=%00")]
    [InlineData("room=x&room=y&room=z")]
    [InlineData("%zz=%zz")]
    public Task Query_Odd(string query) => siege.WithstandsAsync(async () =>
    {
        await using var client = await siege.ConnectAsync();
        await client.SendTextAsync($"GET /api/events?{query} HTTP/1.1\r\nHost: {client.Authority}\r\n\r\n");
        var head = await client.ReadHeadAsync();
        Assert.False(head.StartsWith("HTTP/1.1 5", StringComparison.Ordinal), head);
    });

    private static string Head(RawClient client) => $"GET /api/events HTTP/1.1\r\nHost: {client.Authority}\r\n\r\n";
}
