using System.Text;
using System.Text.Json;
using Kodama.Cli.Connect;
using Kodama.Client;
using Kodama.Testing;
using RoomMessage = Kodama.Cli.Connect.RoomMessage;

namespace Kodama.Cli.Tests.Connect;

public sealed class SenderLookupTests
{
    private readonly FakeClock clock = new();

    [Fact]
    public async Task Find_HeardBefore_IsTheSender()
    {
        var lookup = new SenderLookup(clock) { IsLive = true };
        lookup.Hear(Said("Yui", "hello"));

        Assert.Equal("Yui", (await lookup.FindAsync(Text("hello")).Within())?.Name);
    }

    [Fact]
    public async Task Find_HeardLater_WaitsForIt()
    {
        var lookup = new SenderLookup(clock) { IsLive = true };
        var finding = lookup.FindAsync(Text("hello")).AsTask();
        Assert.False(finding.IsCompleted);

        lookup.Hear(Said("Yui", "hello"));

        Assert.Equal("Yui", (await finding.Within())?.Name);
    }

    [Fact]
    public async Task Find_NeverHeard_IsNobodyAfterAWhile()
    {
        var lookup = new SenderLookup(clock) { IsLive = true };
        var finding = lookup.FindAsync(Text("hello")).AsTask();

        clock.Advance(TimeSpan.FromMilliseconds(301));

        Assert.Null(await finding.Within());
    }

    [Fact]
    public async Task Find_StreamNotLive_DoesNotWait()
    {
        Assert.Null(await new SenderLookup(clock).FindAsync(Text("hello")).Within());
    }

    [Fact]
    public async Task Find_StreamEndsMeanwhile_DoesNotWaitLonger()
    {
        var lookup = new SenderLookup(clock) { IsLive = true };
        var finding = lookup.FindAsync(Text("hello")).AsTask();

        lookup.IsLive = false;

        Assert.Null(await finding.Within());
    }

    [Fact]
    public async Task Find_SameTextOfTwo_IsInOrder()
    {
        var lookup = new SenderLookup(clock) { IsLive = true };
        lookup.Hear(Said("Yui", "yes"));
        lookup.Hear(Said("Ren", "yes"));

        Assert.Equal("Yui", (await lookup.FindAsync(Text("yes")).Within())?.Name);
        Assert.Equal("Ren", (await lookup.FindAsync(Text("yes")).Within())?.Name);
    }

    [Theory]
    [InlineData("""{"event":"message","from":{"id":"1"},"text":"he","cut":true,"length":5}""", true, "hello")]
    [InlineData("""{"event":"message","from":{"id":"1"},"binary":{"base64":"aGVsbG8=","length":5}}""", false, "hello")]
    [InlineData("""{"event":"move","from":{"id":"1"},"text":"[1,","cut":true,"length":9}""", true, """{"event":"move","args":[1,2,3]}""")]
    [InlineData("""{"event":"move","from":{"id":"1"},"args":[1]}""", true, """{"event":"move","args":[1]}""")]
    [InlineData("""{"event":"message","from":{"id":"1"},"args":["hello"]}""", true, "hello")]
    public async Task Find_EachKindOfMessage_IsRecognised(string heard, bool isText, string message)
    {
        var lookup = new SenderLookup(clock) { IsLive = true };
        lookup.Hear(RoomMessage.Read(JsonElement.Parse(heard)));

        Assert.Equal("peer 1", (await lookup.FindAsync(new HubMessage(Encoding.UTF8.GetBytes(message), isText)).Within())?.Name);
    }

    [Fact]
    public async Task Find_HeardTooLate_IsNotGivenToTheNextWhoSaysTheSame()
    {
        var lookup = new SenderLookup(clock) { IsLive = true };
        Assert.Null(await MissAsync(lookup, "yes"));

        lookup.Hear(Said("Yui", "yes"));
        lookup.Hear(Said("Ren", "yes"));

        Assert.Equal("Ren", (await lookup.FindAsync(Text("yes")).Within())?.Name);
    }

    [Fact]
    public async Task Find_AfterAMiss_DoesNotWaitUntilOneIsHeardInTime()
    {
        var lookup = new SenderLookup(clock) { IsLive = true };
        Assert.Null(await MissAsync(lookup, "a"));

        for (var i = 0; i < 2000; i++) Assert.Null(await lookup.FindAsync(Text($"{i}")).Within());
    }

    [Fact]
    public async Task Find_ForThisPeerAlone_KeepsTheOthersNames()
    {
        var lookup = new SenderLookup(clock) { IsLive = true };
        Assert.Null(await MissAsync(lookup, "Welcome"));

        lookup.Hear(Said("Yui", "hello"));

        Assert.Equal("Yui", (await lookup.FindAsync(Text("hello")).Within())?.Name);
    }

    [Fact]
    public async Task Find_OrderBroken_NamesNobodyUntilThreeInARowMeet()
    {
        var lookup = new SenderLookup(clock) { IsLive = true };
        foreach (var text in "axyz") lookup.Hear(Said("Yui", $"{text}"));

        foreach (var text in "bxyz") Assert.Null(await lookup.FindAsync(Text($"{text}")).Within());
        lookup.Hear(Said("Ren", "in step"));

        Assert.Equal("Ren", (await lookup.FindAsync(Text("in step")).Within())?.Name);
    }

    [Fact]
    public async Task Find_MeetsWhereTheStreamIsAhead_GoesOnFromThere()
    {
        var lookup = new SenderLookup(clock) { IsLive = true };
        foreach (var text in "axyz1") lookup.Hear(Said($"says {text}", $"{text}"));

        foreach (var text in "bxyz") Assert.Null(await lookup.FindAsync(Text($"{text}")).Within());

        Assert.Equal("says 1", (await lookup.FindAsync(Text("1")).Within())?.Name);
    }

    [Fact]
    public async Task Find_MeetsWhereTheStreamIsBehind_GoesOnFromThere()
    {
        var lookup = new SenderLookup(clock) { IsLive = true };
        lookup.Hear(Said("Yui", "a"));
        foreach (var text in "bxyz12") Assert.Null(await lookup.FindAsync(Text($"{text}")).Within());

        foreach (var text in "xyz12") lookup.Hear(Said("Yui", $"{text}"));
        lookup.Hear(Said("Ren", "3"));

        Assert.Equal("Ren", (await lookup.FindAsync(Text("3")).Within())?.Name);
    }

    [Fact]
    public async Task Find_AllSayTheSame_IsNobodyRatherThanTheWrongOne()
    {
        var lookup = new SenderLookup(clock) { IsLive = true };
        lookup.Miss();
        for (var i = 0; i < 5; i++) lookup.Hear(Said("Yui", "yes"));

        for (var i = 0; i < 5; i++) Assert.Null(await lookup.FindAsync(Text("yes")).Within());
    }

    [Fact]
    public async Task Find_AfterASecondOfSilence_IsInStepAgain()
    {
        var lookup = new SenderLookup(clock) { IsLive = true };
        lookup.Miss();
        lookup.Hear(Said("Yui", "lost"));
        lookup.Tick();
        lookup.Tick();

        lookup.Hear(Said("Ren", "yes"));

        Assert.Equal("Ren", (await lookup.FindAsync(Text("yes")).Within())?.Name);
    }

    [Fact]
    public void Shown_NothingHeard_DoesNotWait()
    {
        Assert.True(new SenderLookup(clock) { IsLive = true }.ShownAsync(CancellationToken.None).AsTask().IsCompletedSuccessfully);
    }

    [Fact]
    public async Task Shown_WhatWasHeard_WaitsUntilItIsShown()
    {
        var lookup = new SenderLookup(clock) { IsLive = true };
        lookup.Hear(Said("Yui", "bye"));
        var shown = lookup.ShownAsync(CancellationToken.None).AsTask();

        await lookup.FindAsync(Text("bye")).Within();
        var found = lookup.ShownAsync(CancellationToken.None).AsTask();
        Assert.False(shown.IsCompleted || found.IsCompleted);
        lookup.Show();

        await shown.Within();
        await found.Within();
    }

    [Fact]
    public async Task Shown_WhatNeverComes_IsWaitedForOnce()
    {
        var lookup = new SenderLookup(clock) { IsLive = true };
        lookup.Hear(Said("Yui", "lost"));
        var shown = lookup.ShownAsync(CancellationToken.None).AsTask();
        Assert.False(shown.IsCompleted);

        clock.Advance(TimeSpan.FromSeconds(5));

        await shown.Within();
        Assert.True(lookup.ShownAsync(CancellationToken.None).AsTask().IsCompletedSuccessfully);
    }

    [Fact]
    public async Task Shown_StreamEndsMeanwhile_DoesNotWaitLonger()
    {
        var lookup = new SenderLookup(clock) { IsLive = true };
        lookup.Hear(Said("Yui", "lost"));
        var shown = lookup.ShownAsync(CancellationToken.None).AsTask();

        lookup.IsLive = false;

        await shown.Within();
    }

    private async Task<RoomPeer?> MissAsync(SenderLookup lookup, string text)
    {
        var finding = lookup.FindAsync(Text(text)).AsTask();
        clock.Advance(TimeSpan.FromMilliseconds(301));
        return await finding.Within();
    }

    private static RoomMessage Said(string name, string text) =>
        RoomMessage.Read(
            JsonElement.Parse($$$"""{"event":"message","from":{"id":"{{{name}}}","details":{"name":"{{{name}}}"}},"text":"{{{text}}}"}"""));

    private static HubMessage Text(string text) => new(Encoding.UTF8.GetBytes(text), isText: true);
}
