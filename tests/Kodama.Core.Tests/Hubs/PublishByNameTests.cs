using Kodama.Testing;

namespace Kodama.Core.Tests;

/// <summary>What doors without connections do: rooms are named, and who speaks is described.</summary>
public class PublishByNameTests
{
    private static readonly PublishOptions Once = new(new PublishId("0123456789abcdef", Scope: PublishId.Anonymous));

    [Fact]
    public async Task Publish_WithADurableEngine_EndsWithTheCommit()
    {
        var engine = new ManualEngine();
        var hub = new Hub(engine: engine);
        var first = SayAsync(hub, "hello");
        var again = SayAsync(hub, "hello");
        Assert.Equal(1, engine.Waiting);
        Assert.False(first.IsCompleted || again.IsCompleted);

        engine.Keep();

        Assert.Equal((1L, ManualEngine.Epoch, false), Told(await first.WithDeadline()));
        Assert.Equal((1L, ManualEngine.Epoch, true), Told(await again.WithDeadline()));
        Assert.Equal((1L, ManualEngine.Epoch, true), Told(await SayAsync(hub, "hello").WithDeadline()));
    }

    [Fact]
    public async Task Publish_ThatCouldNotBeKept_IsRefusedAndTakesTheNextAttempt()
    {
        var engine = new ManualEngine();
        var hub = new Hub(engine: engine);
        var failing = SayAsync(hub, "hello");
        engine.Fail();
        Assert.Equal((RefusalCode.NotKept, "The disk is full."), ((await failing.WithDeadline()).Code, (await failing).Refusal));

        var another = new PublishOptions(new PublishId("another-key-of-theirs", Scope: "x"));
        var other = hub.PublishAsync(Someone, "tea", "other", Message.DefaultEvent, another).AsTask();
        var again = SayAsync(hub, "hello");
        engine.Keep();

        Assert.Equal((1L, ManualEngine.Epoch, false), Told(await other.WithDeadline()));
        Assert.Equal((2L, ManualEngine.Epoch, false), Told(await again.WithDeadline()));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Publish_ThatPassesFilters_TellsWhatTheyLeft(bool isDurable)
    {
        var engine = isDurable ? new ManualEngine() : null;
        var filtered = new Hub(rules: new HubRules().Filter(message => FilterResult.Replace($"{message.Text}!")), engine: engine);
        var plain = new Hub();

        var saying = SayAsync(filtered, "hello");
        engine?.Keep();

        Assert.Equal("hello!", (await saying.WithDeadline()).Filtered?.Text);
        Assert.Null((await SayAsync(plain, "hello").WithDeadline()).Filtered);
    }

    [Fact]
    public async Task SetState_ByTheProgramsWord_AsksNobody_AndTheRoomAppears()
    {
        var rules = new HubRules().OnlyRooms("none").Filter(_ => false, "Nothing passes.");
        var hub = new Hub(rules: rules);

        var result = await hub.SetStateAsync("tea", "k", "v");

        Assert.Equal((null, 1L), (result.Refusal, result.Offset));
        Assert.Equal("v", hub.FindRoom("tea")!.State.Find("k")!.Text);
        await Assert.ThrowsAsync<ArgumentException>(async () => await hub.SetStateAsync("", "k", "v"));
    }

    [Fact]
    public async Task SetState_WithADurableEngine_EndsWithTheCommit_OrItsFailure()
    {
        var engine = new ManualEngine();
        var hub = new Hub(engine: engine);

        var kept = hub.SetStateAsync("tea", "k", "v").AsTask();
        Assert.False(kept.IsCompleted);
        engine.Keep();
        Assert.Equal(1, (await kept.WithDeadline()).Offset);
        var failing = hub.SetStateAsync("tea", "k", "w").AsTask();
        engine.Fail();

        Assert.Equal(RefusalCode.NotKept, (await failing.WithDeadline()).Code);
        Assert.Equal("v", hub.FindRoom("tea")!.State.Find("k")!.Text);
    }

    [Fact]
    public async Task ChangeState_ThatDependsOnAKeyWhoseChangeIsNotDecided_IsRefusedAsBusy()
    {
        var engine = new ManualEngine();
        var hub = new Hub(engine: engine);
        var first = ChangeAsync(hub, "k", "1", KeyCondition.Absent);

        var second = await ChangeAsync(hub, "k", "2", KeyCondition.Absent);
        var elsewhere = ChangeAsync(hub, "other", "2", KeyCondition.Absent);
        engine.Keep();

        Assert.Equal(RefusalCode.Busy, second.Code);
        Assert.Equal((1L, 2L), ((await first.WithDeadline()).Offset, (await elsewhere.WithDeadline()).Offset));
        Assert.Equal(RefusalCode.ConditionFailed, (await ChangeAsync(hub, "k", "2", KeyCondition.Absent)).Code);
        var third = ChangeAsync(hub, "k", "3", KeyCondition.At(new Position(ManualEngine.Epoch, 1)));
        engine.Keep();
        Assert.Equal(3, (await third.WithDeadline()).Offset);
    }

    [Fact]
    public async Task ChangeState_WhileRoomsEndAndAppear_IsInTheRoomThatThereIs()
    {
        var hub = new Hub(new HubOptions { Log = { KeepEmpty = TimeSpan.Zero } });
        var done = false;
        var coming = Task.Run(async () =>
        {
            while (!Volatile.Read(ref done)) (await hub.ComeAsync("tea")).Go();
        });
        for (var i = 0; i < 500; i++)
        {
            var set = await ChangeAsync(hub, "k", $"{i}");
            Assert.Equal($"{i}", hub.FindRoom("tea")!.State.Find("k")!.Payload.ToString());
            Assert.Equal(hub.FindRoom("tea")!.Epoch, set.Epoch);
            await ChangeAsync(hub, "k", null);
        }
        Volatile.Write(ref done, true);
        await coming.WithDeadline();
    }

    private static PeerDescription Someone => new() { Door = "test", Encoder = LengthPrefixed.Plain };

    private static Task<PublishResult> SayAsync(Hub hub, string text) =>
        hub.PublishAsync(Someone, "tea", text, Message.DefaultEvent, Once).AsTask();

    private static async Task<PublishResult> ChangeAsync(Hub hub, string key, Payload? value, KeyCondition condition = default) =>
        await hub.ChangeStateAsync(await hub.VisitAsync(Someone, "tea", RoomRights.State), key, value, condition);

    private static (long, string?, bool) Told(PublishResult result) => (result.Offset, result.Epoch, result.IsDuplicate);
}
