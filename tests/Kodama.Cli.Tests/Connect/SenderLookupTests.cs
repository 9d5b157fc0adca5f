using System.Text;
using System.Text.Json;
using Kodama.Cli.Connect;
using Kodama.Client;
using Kodama.Testing;

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
    [InlineData("""{"event":"move","from":{"id":"1"},"args":[1]}""", true, """{"event":"move","args":[1]}""")]
    [InlineData("""{"event":"message","from":{"id":"1"},"args":["hello"]}""", true, "hello")]
    public async Task Find_EachKindOfMessage_IsRecognised(string heard, bool isText, string message)
    {
        var lookup = new SenderLookup(clock) { IsLive = true };
        lookup.Hear(RoomMessage.Read(JsonElement.Parse(heard)));

        Assert.Equal("peer 1", (await lookup.FindAsync(new HubMessage(Encoding.UTF8.GetBytes(message), isText)).Within())?.Name);
    }

    private static RoomMessage Said(string name, string text) => new(new RoomPeer("id", name, null), text, false, null, "message");

    private static HubMessage Text(string text) => new(Encoding.UTF8.GetBytes(text), isText: true);
}
