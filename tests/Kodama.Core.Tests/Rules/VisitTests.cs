using System.Net;
using System.Security.Claims;

namespace Kodama.Core.Tests;

/// <summary>What the rules say to clients that hold no connection.</summary>
public class VisitTests
{
    private readonly List<Peer> asked = [];
    private RoomRights rights = RoomRights.All;

    [Fact]
    public async Task Publish_OfAVisit_AsksTheRulesOnceAboutOneClient()
    {
        var hub = new Hub(rules: Counting());

        var visit = await hub.VisitAsync(Client(), "lobby", RoomRights.Publish);
        await hub.PublishAsync(visit, "hello", Message.DefaultEvent);
        var set = await hub.ChangeStateAsync(visit, "k", "1");

        Assert.Equal([visit.Client], asked);
        Assert.Equal(2, set.Offset);
    }

    [Fact]
    public async Task Publish_OfAVisitBeforeAReview_AsksThemAgain()
    {
        var hub = new Hub(rules: Counting());
        var visit = await hub.VisitAsync(Client(), "lobby", RoomRights.Publish);

        rights = RoomRights.Read;
        await hub.ReviewAsync("lobby");
        var published = await hub.PublishAsync(visit, "hello", Message.DefaultEvent);

        Assert.Equal(RefusalCode.NotAllowed, published.Code);
        Assert.Equal([visit.Client, visit.Client], asked);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Publish_WhereAReviewBeginsWhileTheRulesAnswer_AsksThemAgain(int slow)
    {
        var answer = new TaskCompletionSource<RoomRights>(TaskCreationOptions.RunContinuationsAsynchronously);
        var times = 0;
        var hub = new Hub(rules: new HubRules().Grant((_, _, _, _) => ++times == slow ? new(answer.Task) : new(rights)));
        var visiting = hub.VisitAsync(Client(), "lobby", RoomRights.Publish).AsTask();
        // What a visit has found out before a review is asked for again as it publishes.
        if (slow > 1) await hub.ReviewAsync("lobby");
        var publishing = PublishAsync();

        rights = RoomRights.Read;
        await hub.ReviewAsync("lobby");
        answer.SetResult(RoomRights.All);

        Assert.Equal(RefusalCode.NotAllowed, (await publishing.WithDeadline()).Code);
        Assert.Equal(slow == 1 ? RefusalCode.NotAllowed : null, (await visiting).Refusal?.Code);
        Assert.Equal(slow + 1, times);

        async Task<PublishResult> PublishAsync() => await hub.PublishAsync(await visiting, "hello", Message.DefaultEvent);
    }

    [Theory]
    [InlineData("publish", RoomRights.Read, RefusalCode.NotAllowed)]
    [InlineData("set", RoomRights.Read, RefusalCode.NotAllowed)]
    [InlineData("remove", RoomRights.Read, RefusalCode.NotAllowed)]
    [InlineData("publish", RoomRights.All, RefusalCode.None)]
    [InlineData("set", RoomRights.All, RefusalCode.None)]
    [InlineData("remove", RoomRights.All, RefusalCode.None)]
    public async Task Visit_WhereAReviewBeginsWhileAFilterIsAsked_AsksTheRulesAgain(string what, RoomRights then, RefusalCode refusal)
    {
        var answer = new TaskCompletionSource<FilterResult>(TaskCreationOptions.RunContinuationsAsynchronously);
        var hub = new Hub(rules: Counting().Filter((_, _) => new(answer.Task)));
        var room = (await hub.ComeAsync()).Room;
        room.State.Set("k", "1");
        var visit = await hub.VisitAsync(Client(), "lobby", RoomRights.Publish | RoomRights.State);
        var doing = what switch
        {
            "publish" => hub.PublishAsync(visit, "hello", Message.DefaultEvent).AsTask(),
            "set" => hub.ChangeStateAsync(visit, "k", "2").AsTask(),
            _ => hub.ChangeStateAsync(visit, "k", value: null).AsTask(),
        };

        rights = then;
        await hub.ReviewAsync("lobby");
        answer.SetResult(FilterResult.Pass);

        Assert.Equal(refusal, (await doing.WithDeadline()).Code);
        Assert.Equal(refusal == RefusalCode.None ? 2 : 1, room.Offset);
        Assert.Equal([visit.Client, visit.Client], asked);
    }

    [Fact]
    public async Task Visit_ThatAValidatorRefuses_MayDoNothing()
    {
        var hub = new Hub(rules: Counting().Validate(_ => false, "Staff only."));

        var visit = await hub.VisitAsync(Client(), "lobby", RoomRights.Read);

        Assert.Equal((RefusalCode.Refused, "Staff only."), (visit.Refusal!.Value.Code, visit.Refusal.Value.Refusal));
        Assert.Equal(RefusalCode.Refused, (await hub.PublishAsync(visit, "hello", Message.DefaultEvent)).Code);
        Assert.Equal(RefusalCode.Refused, (await hub.ChangeStateAsync(visit, "k", "1")).Code);
        Assert.Empty(asked);
        Assert.Equal(1, hub.Counts.Refused);
    }

    [Theory]
    [InlineData("Yui", RoomRights.Publish, false)]
    [InlineData(" yui ", RoomRights.State, false)]
    [InlineData("Yui", RoomRights.Read | RoomRights.History, true)]
    [InlineData("Ren", RoomRights.Publish, true)]
    [InlineData("", RoomRights.Publish, true)]
    public async Task UniqueDetail_OfAVisit_IsRefusedWhereItSaysSomethingUnderATakenName(string name, RoomRights wanted, bool isAccepted)
    {
        var hub = new Hub(rules: new HubRules().UniqueDetail("name"));
        await hub.ComeAsync(details: [("name", "Yui")]);

        Assert.Equal(isAccepted, (await hub.VisitAsync(Client(name), "lobby", wanted)).Refusal is null);
        // It has taken nothing.
        Assert.Equal(name == "Ren", (await hub.TryComeAsync(details: [("name", name == "" ? "Yui" : name)])).IsAccepted);
    }

    [Theory]
    [InlineData("yui@example.org", true)]
    [InlineData("ren@example.org", false)]
    [InlineData(null, false)]
    public async Task UniqueDetail_OfAVisitOfTheSamePrincipal_IsItsOwn(string? user, bool isAccepted)
    {
        var hub = new Hub(rules: new HubRules().UniqueDetail("name"));
        var owner = Client("Yui", "yui@example.org");
        Assert.True((await hub.AdmitAsync(owner, new TestLink())).IsAccepted);

        Assert.Equal(isAccepted, (await hub.VisitAsync(Client("Yui", user), "lobby", RoomRights.Publish)).Refusal is null);
    }

    [Fact]
    public async Task RequireDetail_OfAVisit_IsRequiredOfWhoSaysSomething()
    {
        var hub = new Hub(rules: new HubRules().RequireDetail("name", minLength: 2).UniqueDetail("nick", required: true));

        var nameless = (await hub.VisitAsync(Client(), "lobby", RoomRights.Publish)).Refusal;
        Assert.Equal("The detail \"name\" is missing: connect with one.", nameless!.Value.Refusal);
        Assert.Equal(
            "The detail \"nick\" is missing: connect with one.",
            (await hub.VisitAsync(Client("Yui"), "lobby", RoomRights.State)).Refusal!.Value.Refusal);
        Assert.Null((await hub.VisitAsync(Client(), "lobby", RoomRights.Read | RoomRights.History)).Refusal);
    }

    [Fact]
    public async Task Capacities_CountNoVisits()
    {
        var hub = new Hub(new HubOptions { MaxPeers = 1 }, new HubRules().MaxPeersPerAddress(1).MaxPeersPerDetail("name", 1));
        await hub.ComeAsync(details: [("name", "Yui")], address: IPAddress.Loopback);

        Assert.Null((await hub.VisitAsync(Client("Yui"), "lobby", RoomRights.Publish)).Refusal);
    }

    [Fact]
    public async Task Validator_ThatKnowsNoVisits_IsAskedAndReleased()
    {
        var seats = new Seats();
        var rules = new HubRules();
        rules.Validators.Add(seats);
        var hub = new Hub(rules: rules);

        for (var i = 0; i < 3; i++) Assert.Null((await hub.VisitAsync(Client(), "lobby", RoomRights.Read)).Refusal);

        Assert.Equal((3, 3), (seats.Taken, seats.Released));
    }

    private HubRules Counting() => new HubRules().Grant((peer, _) =>
    {
        asked.Add(peer);
        return rights;
    });

    private static PeerDescription Client(string name = "", string? user = null) => new()
    {
        Door = "http",
        Encoder = LengthPrefixed.Plain,
        Details = name == "" ? new Dictionary<string, string>() : new Dictionary<string, string> { ["name"] = name },
        RemoteAddress = IPAddress.Loopback,
        Principal = user is null ? null : new ClaimsPrincipal(new ClaimsIdentity([new Claim(ClaimTypes.Name, user)], "test")),
    };

    private sealed class Seats : IPeerValidator
    {
        public int Taken { get; private set; }

        public int Released { get; private set; }

        public ValueTask<PeerVerdict> ValidateAsync(Peer peer, CancellationToken cancellationToken)
        {
            Taken++;
            return new(PeerVerdict.Accepted);
        }

        public void Release(Peer peer) => Released++;
    }
}
