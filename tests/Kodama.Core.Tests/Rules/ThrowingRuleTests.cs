namespace Kodama.Core.Tests;

/// <summary>A rule that throws: what it decides counts as no, what it is told changes nothing, and the log has it.</summary>
public class ThrowingRuleTests
{
    private static readonly InvalidOperationException Fault = new("a secret of the program");

    [Fact]
    public async Task Validate_Throws_RefusesWithoutTellingWhy()
    {
        var log = new RecordingLogger();
        var hub = new Hub(rules: new HubRules().UniqueDetail("name").Validate((Func<Peer, PeerVerdict>)(_ => throw Fault)), logger: log);

        for (var i = 0; i < 2; i++) Assert.Equal(CloseReason.Refused, (await hub.TryComeAsync(details: [("name", "Yui")])).Refusal);

        Assert.Equal([110, 110], log.Entries.Select(e => e.Id));
        Assert.Equal(2, hub.Counts.Refused);
    }

    [Fact]
    public async Task Filter_Throws_DropsThisMessageOnly()
    {
        var log = new RecordingLogger();
        var hub = new Hub(
            rules: new HubRules().Filter(message => message.Payload.ToString() == "bad" ? throw Fault : FilterResult.Pass),
            logger: log);
        var (speaker, listener) = (await hub.ComeAsync(), await hub.ComeAsync());

        Assert.Equal("The hub failed to check the message.", (await speaker.SayAsync("bad")).Refusal);
        await speaker.SayAsync("good");

        Assert.Equal(["good"], listener.Received);
        Assert.Equal((111, true), (log.Entries.Single().Id, log.Entries.Single().Text.Contains(speaker.Peer.Id, StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Events_Throw_TheOthersAreToldAllTheSame()
    {
        var log = new RecordingLogger();
        var told = new List<string>();
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var rules = new HubRules()
            .OnConnected((Action<Peer>)(_ => throw Fault))
            .OnConnected(_ => told.Add("connected"))
            .OnDisconnected((Action<Peer, CloseReason>)((_, _) => throw Fault))
            .OnDisconnected((_, _) => told.Add("disconnected"))
            .OnDisconnected((_, _) => done.SetResult());
        rules.Validators.Add(new ThrowsOnRelease());
        var guest = await new Hub(rules: rules, logger: log).ComeAsync();

        guest.Go();
        await done.Task.WithDeadline();

        Assert.Equal(["connected", "disconnected"], told);
        Assert.Equal([112, 112, 112], log.Entries.Select(e => e.Id));
    }

    private sealed class ThrowsOnRelease : IPeerValidator
    {
        public ValueTask<PeerVerdict> ValidateAsync(Peer peer, CancellationToken cancellationToken) => new(PeerVerdict.Accepted);

        public void Release(Peer peer) => throw Fault;
    }
}
