using Kodama.Testing;

namespace Kodama.Hostile.Tests.Tcp;

/// <summary>Connections that bring nothing, too little, or their end at once.</summary>
public sealed class ConnectionTests(Siege siege) : IClassFixture<Siege>
{
    [Fact]
    public Task SilentConnections_AThousand() => siege.WithstandsAsync(async () =>
    {
        await using var silent = await Crowd.GatherAsync(1000, () => siege.ConnectAsync());
        Assert.Equal(1000, silent.Count);
    });

    [Fact]
    public Task SlowHeads_OneByteAtATime() => siege.WithstandsAsync(async () =>
    {
        await using var slow = await Crowd.GatherAsync(200, () => siege.ConnectAsync());
        await slow.EachAsync(async client =>
        {
            foreach (var letter in client.UpgradeHead("/ws/attacked")[..40]) await client.SendTextAsync($"{letter}");
        });
    });

    [Fact]
    public Task ResetStorm_BeforeAnything() => siege.WithstandsAsync(async () =>
    {
        for (var round = 0; round < 20; round++)
        {
            await using var storm = await Crowd.GatherAsync(100, () => siege.ConnectAsync());
            storm.Reset();
        }
    });

    [Theory]
    [InlineData("G")]
    [InlineData("GET /ws HTTP/1.1\r\nHost: 127")]
    [InlineData("GET /api/rooms HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")]
    [InlineData("POST /api/rooms/x/messages HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 1000000\r\n\r\nbegin")]
    public Task ResetStorm_Within(string head) => siege.WithstandsAsync(async () =>
    {
        await using var storm = await Crowd.GatherAsync(300, () => siege.ConnectAsync());
        await storm.EachAsync(client => client.SendTextAsync(head));
        storm.Reset();
    });

    [Fact]
    public Task ResetStorm_BehindTheHandshake() => siege.WithstandsAsync(async () =>
    {
        await using var storm = await Crowd.GatherAsync(300, () => siege.ConnectAsync());
        await storm.EachAsync(client => client.SendTextAsync(client.UpgradeHead("/ws/attacked")));
        storm.Reset();
    });

    [Fact]
    public Task ResetStorm_WithinAFrame() => siege.WithstandsAsync(async () =>
    {
        await using var storm = await Crowd.GatherAsync(300, () => siege.JoinAsync());
        await storm.EachAsync(client => client.SendAsync(RawFrame.Head(RawFrame.BinaryOpcode, 100_000, masked: true)));
        storm.Reset();
    });

    [Fact]
    public Task EndsAtOnce_AThousand() => siege.WithstandsAsync(async () =>
    {
        await using var ended = await Crowd.GatherAsync(1000, () => siege.ConnectAsync());
        await ended.EachAsync(client =>
        {
            client.CompleteSending();
            return client.WaitForEndAsync();
        });
    });

    [Theory]
    [InlineData("GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")]
    [InlineData("GET /ws HTTP/1.1\r\nHost: 127.0.0.1\r\n")]
    [InlineData("POST /api/rooms/x/messages HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 10\r\n\r\nbegin")]
    public Task EndBehind_AHead(string head) => siege.WithstandsAsync(async () =>
    {
        await using var crowd = await Crowd.GatherAsync(100, () => siege.ConnectAsync());
        await crowd.EachAsync(async client =>
        {
            await client.SendTextAsync(head);
            client.CompleteSending();
            await client.WaitForEndAsync();
        });
    });

    [Fact]
    public Task EndBehind_AMessage() => siege.WithstandsAsync(async () =>
    {
        await using var crowd = await Crowd.GatherAsync(100, () => siege.JoinAsync());
        await crowd.EachAsync(async client =>
        {
            await client.SendAsync(RawFrame.OfText("the last word"));
            client.CompleteSending();
            await client.WaitForEndAsync();
        });
    });

    [Fact]
    public Task ComeAndGo_FiveHundredHandshakes() => siege.WithstandsAsync(async () =>
    {
        for (var round = 0; round < 5; round++)
        {
            await using var crowd = await Crowd.GatherAsync(100, () => siege.JoinAsync());
            await crowd.EachAsync(client => client.SendAsync(RawFrame.OfClose(1000)));
        }
    });
}
