using System.Net;

namespace Kodama.Core.Tests;

public class UniqueDetailTests
{
    [Fact]
    public async Task UniqueDetail_ValueThatIsTaken_IsRefusedUntilItsOwnerHasGone()
    {
        var hub = new Hub(rules: new HubRules().UniqueDetail("name"));
        var owner = await hub.ComeAsync(details: [("name", "Yui")]);

        var refused = await hub.TryComeAsync(details: [("name", " yui ")]);
        Assert.Equal(new CloseReason(3000, "The name \"yui\" is taken: choose another."), refused.Refusal);

        owner.Go();
        await hub.ComeAsync(details: [("name", "YUI")]);
    }

    [Fact]
    public async Task UniqueDetail_ComparerThatMindsCase_TellsCasesApart()
    {
        var hub = new Hub(rules: new HubRules().UniqueDetail("name", StringComparer.Ordinal));

        await hub.ComeAsync(details: [("name", "Yui")]);
        await hub.ComeAsync(details: [("name", "yui")]);

        Assert.False((await hub.TryComeAsync(details: [("name", "yui")])).IsAccepted);
    }

    [Fact]
    public async Task UniqueDetail_Missing_IsRefusedOnlyIfRequired()
    {
        var lenient = new Hub(rules: new HubRules().UniqueDetail("name"));
        var strict = new Hub(rules: new HubRules().UniqueDetail("name", required: true));

        await lenient.ComeAsync();
        await lenient.ComeAsync(details: [("name", " ")]);
        Assert.Equal("The detail \"name\" is missing: connect with one.", (await strict.TryComeAsync()).Refusal.Text);
        Assert.Equal("The detail \"name\" is missing: connect with one.", (await strict.TryComeAsync(details: [("name", " ")])).Refusal.Text);
    }

    [Fact]
    public async Task UniqueDetail_LaterValidatorRefuses_IsFreeAgain()
    {
        var open = false;
        var hub = new Hub(rules: new HubRules().UniqueDetail("name").Validate(_ => open, "closed"));

        Assert.Equal("closed", (await hub.TryComeAsync(details: [("name", "Yui")])).Refusal.Text);
        open = true;
        await hub.ComeAsync(details: [("name", "Yui")]);
    }

    [Fact]
    public async Task UniqueDetail_RefusedPeerGoes_KeepsTheOwnersReservation()
    {
        var hub = new Hub(rules: new HubRules().UniqueDetail("name"));
        await hub.ComeAsync(details: [("name", "Yui")]);

        for (var i = 0; i < 3; i++) Assert.False((await hub.TryComeAsync(details: [("name", "Yui")])).IsAccepted);
    }

    [Fact]
    public void UniqueDetail_ManyAtTheSameMoment_OneIsAccepted()
    {
        for (var round = 0; round < 100; round++)
        {
            var hub = new Hub(rules: new HubRules().UniqueDetail("name"));
            var accepted = 0;
            var come = () =>
            {
                if (hub.TryComeAsync(details: [("name", "Yui")]).GetAwaiter().GetResult().IsAccepted) Interlocked.Increment(ref accepted);
            };

            Race.Run(come, come, come, come);

            Assert.Equal(1, accepted);
        }
    }

    [Fact]
    public async Task UniqueDetail_HostileValue_IsCutAndCleanInTheRefusal()
    {
        var hub = new Hub(rules: new HubRules().UniqueDetail("name"));
        var value = "a\r\nb" + new string('x', 1000);
        await hub.ComeAsync(details: [("name", value)]);

        var text = (await hub.TryComeAsync(details: [("name", value)])).Refusal.Text;

        Assert.Equal($"The name \"a  b{new string('x', 27)}…\" is taken: choose another.", text);
    }
}

public class RequiredDetailTests
{
    [Theory]
    [InlineData(null, "The detail \"name\" is missing: connect with one.")]
    [InlineData("  ", "The detail \"name\" is missing: connect with one.")]
    [InlineData("a", "The name \"a\" is too short: it takes at least 2 characters.")]
    [InlineData("abcdef", "The name \"abcdef\" is too long: it takes at most 5 characters.")]
    [InlineData("a b", "The name \"a b\" is not allowed. Use letters.")]
    [InlineData("ab\n", "The name \"ab \" is not allowed. Use letters.")]
    [InlineData("abc", null)]
    public async Task RequireDetail_Values_AreRefusedWithWhatIsWrong(string? value, string? refusal)
    {
        var hub = new Hub(rules: new HubRules().RequireDetail("name", 2, 5, "[a-z]+|[A-Z]+", "Use letters."));

        var admission = await hub.TryComeAsync(details: value is null ? [] : [("name", value)]);

        Assert.Equal(refusal, admission.IsAccepted ? null : admission.Refusal.Text);
    }

    [Fact]
    public async Task RequireDetail_PatternThatBacktracksForEver_AnswersAtOnce()
    {
        var hub = new Hub(rules: new HubRules().RequireDetail("name", pattern: "(a+)+b"));

        Assert.False((await hub.TryComeAsync(details: [("name", new string('a', 1024))])).IsAccepted);
    }

    [Fact]
    public void RequireDetail_OptionThatMakesNoSense_Throws()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new HubRules().RequireDetail("name", 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new HubRules().RequireDetail("name", 5, 4));
        Assert.ThrowsAny<ArgumentException>(() => new HubRules().RequireDetail("name", pattern: "("));
    }
}

public class CapacityTests
{
    [Fact]
    public async Task MaxPeersPerAddress_OneMore_IsRefusedUntilOneHasGone()
    {
        var hub = new Hub(rules: new HubRules().MaxPeersPerAddress(2));
        var address = IPAddress.Parse("192.168.1.2");
        var first = await hub.ComeAsync(address: address);
        await hub.ComeAsync(address: address.MapToIPv6());

        var refused = await hub.TryComeAsync(address: address);
        Assert.Equal("There are 2 peers from 192.168.1.2 already; no more may come.", refused.Refusal.Text);
        await hub.ComeAsync(address: IPAddress.IPv6Loopback);
        for (var i = 0; i < 3; i++) await hub.ComeAsync();

        first.Go();
        await hub.ComeAsync(address: address);
        Assert.False((await hub.TryComeAsync(address: address)).IsAccepted);
    }

    [Fact]
    public async Task MaxPeersPerDetail_OneMore_IsRefusedUntilOneHasGone()
    {
        var hub = new Hub(rules: new HubRules().MaxPeersPerDetail("team", 1, StringComparer.OrdinalIgnoreCase));
        var first = await hub.ComeAsync(details: [("team", "red")]);
        await hub.ComeAsync(details: [("team", "blue")]);

        Assert.Equal("The team \"RED\" is full: at most 1 may be in it.", (await hub.TryComeAsync(details: [("team", "RED")])).Refusal.Text);
        first.Go();
        await hub.ComeAsync(details: [("team", "RED")]);
    }

    [Fact]
    public async Task MaxPeersPerDetail_RacingPeers_NeverMoreThanAllowed()
    {
        var hub = new Hub(rules: new HubRules().MaxPeersPerDetail("team", 3));
        var most = 0;
        var come = () =>
        {
            for (var i = 0; i < 500; i++)
            {
                var admission = hub.TryComeAsync(details: [("team", "red")]).GetAwaiter().GetResult();
                InterlockedMax(ref most, hub.PeerCount);
                if (admission.IsAccepted) hub.Remove(admission.Peer, CloseReason.Normal);
            }
        };

        Race.Run(come, come, come, come, come);

        Assert.InRange(most, 1, 3);
        for (var i = 0; i < 3; i++) await hub.ComeAsync(details: [("team", "red")]);
        Assert.False((await hub.TryComeAsync(details: [("team", "red")])).IsAccepted);
    }

    private static void InterlockedMax(ref int target, int value)
    {
        for (var seen = Volatile.Read(ref target); value > seen; seen = Volatile.Read(ref target))
        {
            if (Interlocked.CompareExchange(ref target, value, seen) == seen) return;
        }
    }
}
