using Kodama.Testing;

namespace Kodama.Server.Tests;

/// <summary>Arguments and data are written as they came, but for line breaks between their tokens, whatever is in them.</summary>
public sealed class ArgumentLinesTests
{
    // Half a character: what clients of the hub's own protocols may not say, and its program or a door of another can.
    private const string Half = "[\"\\ud800\",{\"\\udc00\":1}\r\n]";
    private const string HalfInALine = "[\"\\ud800\",{\"\\udc00\":1}]";

    [Fact]
    public async Task Arguments_WithLineBreaks_AreOneLineAndElseAsTheyCame()
    {
        await using var hub = await TestHub.StartAsync();
        using var stream = await SseReader.OpenAsync(hub.Client, "/api/rooms/lounge/events");
        await using var raw = await hub.JoinAsync("/ws/lounge");

        var arguments = new StringContent("\n[1.0,\r\n {\"a\" :\t\"\\u0041\\n\"}\n]\r");
        await hub.Client.PostAsync("/api/rooms/lounge/messages?event=x", arguments).Within();

        const string Line = "[1.0, {\"a\" :\t\"\\u0041\\n\"}]";
        Assert.Equal(Line, (await stream.ReadAsync("message")).Data.GetProperty("args").GetRawText());
        Assert.Equal($$"""{"event":"x","args":{{Line}}}""", await raw.ReceiveTextAsync());
        Assert.Contains(Line, await hub.Client.GetStringAsync("/api/rooms/lounge/messages").Within(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Arguments_WithHalfACharacterOfTheProgram_ReachEveryReader()
    {
        await using var hub = await TestHub.StartAsync();
        using var stream = await SseReader.OpenAsync(hub.Client, "/api/rooms/lounge/events");
        using var events = await SseReader.OpenAsync(hub.Client, "/api/events");
        await events.ReadAsync("snapshot");
        await using var raw = await hub.JoinAsync("/ws/lounge");
        await using var v1 = await V1Client.JoinAsync(hub);
        var room = hub.Hub.FindRoom("lounge")!;

        room.Send("x", Payload.Arguments(Bytes(Half)));
        room.State.Set("k", Payload.Arguments(Bytes(Half)));

        Assert.Equal($$"""{"event":"x","args":{{HalfInALine}}}""", await raw.ReceiveTextAsync());
        Assert.Equal(HalfInALine, (await v1.NextAsync()).Json.GetProperty("args").GetRawText());
        Assert.Equal(HalfInALine, (await stream.ReadAsync("message")).Data.GetProperty("args").GetRawText());
        Assert.Equal(HalfInALine, (await events.ReadAsync("message")).Data.GetProperty("args").GetRawText());
        Assert.Contains(HalfInALine, await hub.Client.GetStringAsync("/api/rooms/lounge/messages").Within(), StringComparison.Ordinal);
        Assert.Contains(HalfInALine, await hub.Client.GetStringAsync("/api/rooms/lounge/state").Within(), StringComparison.Ordinal);
        await using var late = await V1Client.GreetAsync(hub);
        var joined = await late.EnterAsync(new { type = "join", room = "lounge", last = 10, state = true });
        Assert.Equal(HalfInALine, joined.GetProperty("state")[0].GetProperty("args").GetRawText());
        Assert.Empty(hub.Log.Errors);
    }

    [Fact]
    public async Task Data_WithLineBreaks_IsOneLine()
    {
        await using var hub = await TestHub.StartAsync();
        await using var yui = await V1Client.JoinAsync(hub);
        using var stream = await SseReader.OpenAsync(hub.Client, "/api/rooms/lounge/events?presence=1");

        await yui.Peer.SendAsync("{\"type\":\"enter\",\"room\":\"lounge\",\"data\":{\"a\":\r\n\"\\u00e9\"}}");

        Assert.Equal("{\"a\":\"\\u00e9\"}", (await stream.ReadAsync("presence")).Data.GetProperty("data").GetRawText());
    }

    [Theory]
    [InlineData("[\n\"\\ud800\"]")]
    [InlineData("[{\"\\udc00\":1}]")]
    public async Task Event_OfARawPeerWithHalfACharacter_ClosesItAndNobodyElse(string arguments)
    {
        await using var hub = await TestHub.StartAsync();
        await using var yui = await hub.JoinAsync("/ws/lounge?kodama.events=1");
        await using var ren = await hub.JoinAsync("/ws/lounge");

        await yui.SendAsync($$"""{"event":"x","args":{{arguments}}}""");

        Assert.Equal(1003, (await yui.ReceiveCloseAsync()).Code);
        Assert.Equal(0, ren.Peer!.Room!.Offset);
    }

    private static byte[] Bytes(string text) => System.Text.Encoding.UTF8.GetBytes(text);
}
