namespace Kodama.Hostile.Tests.Published;

/// <summary>A hub that lets pages of <c>https://*.example</c> in.</summary>
public sealed class OriginTests(OriginTests.WildcardSiege siege) : IClassFixture<OriginTests.WildcardSiege>
{
    [Theory]
    [InlineData("https://evilexample")]
    [InlineData("https://a.example.evil")]
    [InlineData("https://example")]
    [InlineData("http://a.example")]
    [InlineData("https://a.example:8443")]
    [InlineData("https://.example")]
    [InlineData("null")]
    [InlineData("")]
    public Task Cve_2022_42975_OriginOutsideTheWildcard(string origin) =>
        siege.WithstandsAsync(async () => Assert.Equal(403, await StatusAsync(origin)));

    [Theory]
    [InlineData("https://a.example")]
    [InlineData("https://a.b.example")]
    public Task Cve_2022_42975_OriginWithinTheWildcard(string origin) =>
        siege.WithstandsAsync(async () => Assert.Equal(101, await StatusAsync(origin)));

    private async Task<int> StatusAsync(string origin)
    {
        await using var client = await siege.ConnectAsync();
        await client.SendTextAsync(client.UpgradeHead("/ws/attacked", $"Origin: {origin}\r\n"));
        return (await client.ReadResponseAsync())!.Status;
    }

    public sealed class WildcardSiege : Siege
    {
        private protected override async Task<IRunningHub> StartAsync() => await HubProcess.StartAsync(["--origin", "https://*.example"]);
    }
}
