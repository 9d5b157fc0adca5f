using System.Net;
using static Kodama.Core.Tests.FilterTester;

namespace Kodama.Core.Tests;

public class RateLimitTests
{
    private const string Why = "Too many messages: at most 2 per 3600 s are allowed.";

    [Fact]
    public async Task RateLimit_MoreThanAllowed_DropsTheRestOfThisPeerAlone()
    {
        var tester = await MakeAsync(rules => rules.RateLimit(2, TimeSpan.FromHours(1)));

        await tester.PassesAsync("1");
        await tester.PassesAsync("2");
        await tester.DropsAsync("3", Why);
        Assert.Null((await tester.Listener.SayAsync("mine")).Refusal);
    }

    [Fact]
    public async Task RateLimit_Burst_AllowsSoManyAtOnce()
    {
        var tester = await MakeAsync(rules => rules.RateLimit(2, TimeSpan.FromHours(1), burst: 5));

        for (var i = 0; i < 5; i++) await tester.PassesAsync($"{i}");
        await tester.DropsAsync("6", Why);
    }

    [Fact]
    public async Task RateLimit_AfterATime_PassesAgain()
    {
        // The limiter's clock is the machine's: asked again and again, it must say yes within the deadline.
        var tester = await MakeAsync(rules => rules.RateLimit(100, TimeSpan.FromSeconds(1), burst: 1));
        await tester.PassesAsync("1");

        using var deadline = new CancellationTokenSource(Deadline.Limit);
        while ((await tester.Speaker.SayAsync("again")).Refusal is not null)
        {
            deadline.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    [Fact]
    public async Task RateLimit_HttpPeersOfOneAddress_ShareABucket()
    {
        var rules = new HubRules().RateLimit(2, TimeSpan.FromHours(1));
        var hub = new Hub(rules: rules);
        var room = (await hub.ComeAsync()).Room;
        var (mine, mapped, yours) = (IPAddress.Parse("192.168.1.2"), IPAddress.Parse("::ffff:192.168.1.2"), IPAddress.Parse("192.168.1.3"));

        Assert.Null(await SayOnceAsync(mine));
        Assert.Null(await SayOnceAsync(mapped));
        Assert.Equal(Why, await SayOnceAsync(mine));
        Assert.Null(await SayOnceAsync(yours));

        async Task<string?> SayOnceAsync(IPAddress address)
        {
            var publisher = new PeerDescription { Door = "http", Encoder = LengthPrefixed.Plain, RemoteAddress = address };
            return (await hub.PublishAsync(publisher, room.Name, "x", Message.DefaultEvent)).Refusal;
        }
    }

    [Fact]
    public async Task RateLimit_MoreHttpAddressesThanItKeeps_ShareOneBucket()
    {
        var rules = new HubRules().RateLimit(2, TimeSpan.FromHours(1));
        var filter = (RateLimit)rules.Filters[0];
        var hub = new Hub(rules: rules);
        var room = (await hub.ComeAsync()).Room;

        for (var i = 0; i < RateLimit.MaxAddresses; i++) Assert.Null(await SayOnceAsync(i));
        Assert.Null(await SayOnceAsync(5000));
        Assert.Null(await SayOnceAsync(5001));
        Assert.Equal(Why, await SayOnceAsync(5002));
        Assert.Equal(RateLimit.MaxAddresses + 1, filter.AddressCount);

        async Task<string?> SayOnceAsync(int number)
        {
            var address = new IPAddress([10, 0, (byte)(number >> 8), (byte)number]);
            var publisher = new PeerDescription { Door = "http", Encoder = LengthPrefixed.Plain, RemoteAddress = address };
            return (await hub.PublishAsync(publisher, room.Name, "x", Message.DefaultEvent)).Refusal;
        }
    }

    [Theory]
    [InlineData(0, 1, 1)]
    [InlineData(1, 0, 1)]
    [InlineData(1, 1, 0)]
    public void RateLimit_ValueThatMakesNoSense_Throws(int messages, int seconds, int burst) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new HubRules().RateLimit(messages, TimeSpan.FromSeconds(seconds), burst));
}
