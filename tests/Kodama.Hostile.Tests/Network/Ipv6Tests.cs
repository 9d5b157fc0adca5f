using Kodama.Testing;

namespace Kodama.Hostile.Tests.Network;

/// <summary>A hub that listens on <c>::1</c>.</summary>
public sealed class Ipv6Tests(Ipv6Tests.Ipv6Siege siege) : IClassFixture<Ipv6Tests.Ipv6Siege>
{
    [Theory]
    [InlineData("[::1]:PORT")]
    [InlineData("[::1]")]
    [InlineData("[0:0:0:0:0:0:0:1]:PORT")]
    [InlineData("[::ffff:127.0.0.1]:PORT")]
    [InlineData("[fe80::1]:PORT")]
    public Task Host_OfAnAddress_IsTaken(string host) => siege.WithstandsAsync(async () => Assert.Equal(101, await UpgradeAsync(host)));

    [Theory]
    [InlineData("[::1")]
    [InlineData("::1]")]
    [InlineData("[]")]
    [InlineData("[]:PORT")]
    [InlineData("[evil.example]:PORT")]
    [InlineData("[::1]evil.example")]
    [InlineData("[::1].evil.example")]
    [InlineData("[::1]:PORT:PORT")]
    [InlineData("[1::2::3]")]
    [InlineData("[:::::::::::]")]
    [InlineData("[::1%25lo]:PORT")]
    [InlineData("[fe80::1%25evil.example]:PORT")]
    [InlineData("[v7.evil]")]
    public Task Host_InBracketsThatIsNone_IsRefused(string host) =>
        siege.WithstandsAsync(async () => Assert.InRange(await UpgradeAsync(host), 400, 499));

    [Fact]
    public Task Origin_OfTheHubItself_IsTaken() =>
        siege.WithstandsAsync(async () => Assert.Equal(101, await UpgradeAsync("[::1]:PORT", "Origin: http://[::1]:PORT\r\n")));

    [Theory]
    [InlineData("http://[::2]:PORT")]
    [InlineData("http://[::1]:1")]
    [InlineData("http://[::1].evil.example:PORT")]
    [InlineData("http://[::1]@evil.example")]
    [InlineData("http://127.0.0.1:PORT")]
    public Task Origin_OfAnother_IsRefused(string origin) =>
        siege.WithstandsAsync(async () => Assert.Equal(403, await UpgradeAsync("[::1]:PORT", $"Origin: {origin}\r\n")));

    [Fact]
    public Task SilentConnections_FiveHundred() => siege.WithstandsAsync(async () =>
    {
        await using var silent = await Crowd.GatherAsync(500, () => siege.ConnectAsync());
        Assert.Equal(500, silent.Count);
    });

    [Fact]
    public Task ResetStorm_WithinAFrame() => siege.WithstandsAsync(async () =>
    {
        await using var storm = await Crowd.GatherAsync(200, () => siege.JoinAsync());
        await storm.EachAsync(client => client.SendAsync(RawFrame.Head(RawFrame.BinaryOpcode, 100_000, masked: true)));
        storm.Reset();
    });

    [Fact]
    public Task Address_OfAPeer_IsTold() =>
        siege.WithstandsAsync(async () => Assert.Equal("::1", await PeerAddress.OfNewAsync(siege, siege.Hub)));

    private async Task<int> UpgradeAsync(string host, string headers = "")
    {
        await using var client = await siege.ConnectAsync();
        var port = $"{siege.Hub.Port}";
        var head = $"GET /ws/attacked HTTP/1.1\r\nHost: {host}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
            + $"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {RawClient.Key}\r\n{headers}\r\n";
        await client.SendTextAsync(head.Replace("PORT", port, StringComparison.Ordinal));
        return (await client.ReadResponseAsync())!.Status;
    }

    public sealed class Ipv6Siege : Siege
    {
        private protected override async Task<IRunningHub> StartAsync() => await HubProcess.StartAsync([], host: "::1");
    }
}
