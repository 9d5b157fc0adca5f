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
        Assert.Equal(
            "The detail \"name\" is missing: connect with one.", (await strict.TryComeAsync(details: [("name", " ")])).Refusal.Text);
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
