using Kodama.Testing;

namespace Kodama.Core.Tests;

/// <summary>Who comes from another hub to one that has not heard yet what that one had told.</summary>
public sealed class BehindTests : IAsyncDisposable
{
    private static readonly Position Told = new(ManualEngine.Epoch, 1);
    private readonly ManualEngine engine = new();

    public ValueTask DisposeAsync() => engine.DisposeAsync();

    public static TheoryData<string> Starts => ["live", "after"];

    [Theory]
    [MemberData(nameof(Starts))]
    public async Task Join_AtAHubThatIsBehind_WaitsUntilItIsAsFar(string start)
    {
        var hub = await BehindAsync(isKnown: true);

        var ren = await EngineContract.JoinAsync(hub, start == "live" ? Start.Live : Start.After(Told));

        Assert.Equal((JoinResult.Joined, Told, false), (ren.Joined.Result, ren.Joined.Position, ren.Joined.IsGap));
        Assert.DoesNotContain(ren.Link.Received, static text => text.Contains("hello", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Join_AheadOfAHubThatCannotCatchUpNow_IsToComeLater()
    {
        var hub = await BehindAsync(isKnown: false);

        var ren = await EngineContract.JoinAsync(hub, Start.After(Told));

        Assert.Equal(JoinResult.Unavailable, ren.Joined.Result);
    }

    [Theory]
    [InlineData(null, false)]
    [InlineData(ManualEngine.Epoch, false)]
    [InlineData("another", true)]
    public async Task Join_ThatWasToldNothing_IsLetInThoughTheHubCannotCatchUp(string? epoch, bool isGap)
    {
        var hub = await BehindAsync(isKnown: false);

        var ren = await EngineContract.JoinAsync(hub, epoch is null ? Start.Live : Start.After(new Position(epoch, 0)));

        Assert.Equal((JoinResult.Joined, isGap), (ren.Joined.Result, ren.Joined.IsGap));
    }

    [Fact]
    public async Task Join_OfWhoMayNotReadWhatWasBefore_IsLetInWhateverItsPosition()
    {
        var hub = await BehindAsync(isKnown: false, new HubRules().Grant(static (_, _) => RoomRights.Read));

        var ren = await EngineContract.JoinAsync(hub, Start.After(Told));

        Assert.Equal((JoinResult.Joined, true), (ren.Joined.Result, ren.Joined.IsGap));
    }

    [Fact]
    public async Task Join_AheadOfAllHubs_IsToldAGap()
    {
        var hub = await BehindAsync(isKnown: true);

        var ren = await EngineContract.JoinAsync(hub, Start.After(Told with { Offset = 7 }));

        Assert.Equal((JoinResult.Joined, true), (ren.Joined.Result, ren.Joined.IsGap));
    }

    [Fact]
    public async Task Listen_AtAHubThatIsBehind_WaitsUntilItIsAsFar()
    {
        var room = (await BehindAsync(isKnown: true)).FindRoom("lobby")!;

        await using var pages = room.ListenAsync(Start.After(Told)).GetAsyncEnumerator();
        var next = pages.MoveNextAsync();
        room.Send("next");
        engine.Keep();

        Assert.True(await next.AsTask().WithDeadline());
        Assert.Equal((Told, false), (pages.Current.From, pages.Current.IsGap));
        Assert.Equal(["next"], EngineContract.Texts(pages.Current));
    }

    [Fact]
    public async Task Listen_AheadOfAHubThatCannotCatchUpNow_Fails()
    {
        var room = (await BehindAsync(isKnown: false)).FindRoom("lobby")!;

        await Assert.ThrowsAsync<EngineException>(async () =>
        {
            await foreach (var _ in room.ListenAsync(Start.After(Told)))
            {
            }
        });
    }

    /// <summary>What another hub has told is on its way to this one.</summary>
    private async Task<Hub> BehindAsync(bool isKnown, HubRules? rules = null)
    {
        var hub = new Hub(rules: rules, engine: engine);
        await (await hub.ComeAsync()).SayAsync("hello");
        engine["lobby"].CatchesUp = () =>
        {
            if (isKnown) engine.Keep();
            return isKnown;
        };
        return hub;
    }
}
