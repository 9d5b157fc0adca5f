namespace Kodama.Core.Tests;

public class RuleOrderTests
{
    [Fact]
    public async Task Admit_AllStages_RunInTheWrittenOrder()
    {
        var log = new List<string>();
        var rules = new HubRules();
        foreach (var name in new[] { "A", "B" })
        {
            rules.Validators.Add(new Recorder(name, log));
            rules.OnConnected(peer => log.Add($"connected {name} in {peer.Rooms.Count} rooms"));
            rules.OnDisconnected((_, reason) => log.Add($"disconnected {name} {reason.Code}"));
            rules.Filter(message => Said(log, $"filter {name} {message.Payload}", FilterResult.Replace($"{message.Payload}{name}")));
        }
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        rules.OnDisconnected((_, _) => done.SetResult());
        var hub = new Hub(rules: rules);

        var guest = await hub.ComeAsync();
        await guest.SayAsync("hi");
        guest.Go(CloseReason.Lost);
        guest.Go(CloseReason.Normal);
        await done.Task.WithDeadline();

        Assert.Equal(
            [
                "validate A", "validate B", "connected A in 0 rooms", "connected B in 0 rooms", "filter A hi", "filter B hiA",
                "release B", "release A", "disconnected A 1006", "disconnected B 1006",
            ],
            log);
    }

    [Fact]
    public async Task Admit_SecondOfThreeRefuses_OnlyTheFirstIsReleasedAndNobodyIsTold()
    {
        var log = new List<string>();
        var rules = new HubRules { Validators = { new Recorder("A", log), new Recorder("B", log) } };
        rules.Validate(_ => PeerVerdict.Refuse(new CloseReason(4123, "no")));
        rules.Validators.Add(new Recorder("D", log));
        rules.OnConnected(_ => log.Add("connected")).OnDisconnected((_, _) => log.Add("disconnected"));
        var hub = new Hub(rules: rules);

        var admission = await hub.TryComeAsync();

        Assert.Equal(new CloseReason(4123, "no"), admission.Refusal);
        Assert.Equal(["validate A", "validate B", "release B", "release A"], log);
        Assert.Equal((0, 1L), (hub.PeerCount, hub.Counts.Refused));
    }

    [Fact]
    public async Task Filter_FirstDrops_TheNextIsNotAskedAndTheSenderIsNotTold()
    {
        var log = new List<string>();
        var tester = await FilterTester.MakeAsync(rules => rules
            .Filter(message => message.Payload.ToString() != "no", "not that")
            .Filter(message => Said(log, message.Payload.ToString(), FilterResult.Pass)));

        await tester.DropsAsync("no", "not that");
        await tester.PassesAsync("yes");

        Assert.Equal(["yes"], log);
        Assert.Empty(tester.Speaker.Received);
        Assert.Equal(1, tester.Speaker.Peer.Hub.Counts.Dropped);
        Assert.Equal(1, tester.Speaker.Room.Offset);
    }

    [Fact]
    public async Task Send_MessagesOfTheHub_PassNoFilter()
    {
        var tester = await FilterTester.MakeAsync(rules => rules.Filter(_ => FilterResult.Drop("nothing passes")));

        tester.Speaker.Room.Send("room");
        tester.Speaker.Peer.Hub.Send("all");
        tester.Listener.Peer.Send("one");

        Assert.Equal(["room", "all", "one"], tester.Listener.Received);
    }

    [Fact]
    public void Refuse_CodeThatIsNotForApplications_Throws()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => PeerVerdict.Refuse(new CloseReason(2999, "")));
        Assert.Throws<ArgumentOutOfRangeException>(() => PeerVerdict.Refuse(new CloseReason(5000, "")));
    }

    [Fact]
    public async Task Validate_DefaultVerdict_IsARefusalWithTheDefaultReason()
    {
        var hub = new Hub(rules: new HubRules().Validate(_ => default));

        Assert.Equal(CloseReason.Refused, (await hub.TryComeAsync()).Refusal);
    }

    private static T Said<T>(List<string> log, string what, T answer)
    {
        log.Add(what);
        return answer;
    }

    private sealed class Recorder(string name, List<string> log) : IPeerValidator
    {
        public ValueTask<PeerVerdict> ValidateAsync(Peer peer, CancellationToken cancellationToken)
        {
            log.Add($"validate {name}");
            return new(PeerVerdict.Accepted);
        }

        public void Release(Peer peer) => log.Add($"release {name}");
    }
}
