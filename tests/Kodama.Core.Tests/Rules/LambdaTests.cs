namespace Kodama.Core.Tests;

public class LambdaTests
{
    [Fact]
    public async Task Validate_SyncLambda_AcceptsAndRefuses()
    {
        var hub = new Hub(rules: new HubRules().Validate(peer =>
            peer.Details.ContainsKey("name") ? PeerVerdict.Accepted : PeerVerdict.Refuse("Who are you?")));

        await hub.ComeAsync(details: [("name", "Yui")]);
        Assert.Equal(new CloseReason(3000, "Who are you?"), (await hub.TryComeAsync()).Refusal);
    }

    [Fact]
    public async Task Validate_AsyncLambda_IsAwaited()
    {
        var answer = new TaskCompletionSource<PeerVerdict>();
        var hub = new Hub(rules: new HubRules().Validate(async (_, cancellationToken) => await answer.Task.WaitAsync(cancellationToken)));

        var coming = hub.TryComeAsync();
        Assert.False(coming.IsCompleted);
        answer.SetResult(PeerVerdict.Refuse("no"));

        Assert.Equal("no", (await coming).Refusal.Text);
    }

    [Fact]
    public async Task Filter_Lambdas_PassReplaceAndDrop()
    {
        var tester = await FilterTester.MakeAsync(rules => rules
            .Filter(message => message.Event == "message", "no such event")
            .Filter(message => message.Payload.ToString() == "old" ? FilterResult.Replace("new") : FilterResult.Pass)
            .Filter(async (message, _) =>
            {
                await Task.Yield();
                return message.Payload.ToString() == "bad" ? FilterResult.Drop("bad") : FilterResult.Pass;
            }));

        await tester.PassesAsync("good");
        await tester.PassesAsync("old", "new");
        await tester.DropsAsync("bad", "bad");
        Assert.Equal("no such event", (await tester.Speaker.SayAsync("x", "other")).Refusal);
    }

    [Fact]
    public async Task OnConnected_AsyncLambda_IsAwaitedBeforeThePeerJoins()
    {
        var greeted = new TaskCompletionSource();
        var hub = new Hub(rules: new HubRules().OnConnected(async _ => await greeted.Task));

        var coming = hub.TryComeAsync();
        Assert.False(coming.IsCompleted);
        greeted.SetResult();

        Assert.True((await coming).IsAccepted);
    }

    [Fact]
    public async Task OnDisconnected_AsyncLambdas_RunOneAfterAnother()
    {
        var log = new List<string>();
        var (first, all) = (new TaskCompletionSource(), new TaskCompletionSource());
        var hub = new Hub(rules: new HubRules()
            .OnDisconnected(async (_, _) =>
            {
                await first.Task;
                log.Add("first");
            })
            .OnDisconnected((_, _) => log.Add("second"))
            .OnDisconnected((_, _) => all.SetResult()));
        var guest = await hub.ComeAsync();

        guest.Go();
        Assert.Empty(log);
        first.SetResult();
        await all.Task.WithDeadline();

        Assert.Equal(["first", "second"], log);
    }
}
