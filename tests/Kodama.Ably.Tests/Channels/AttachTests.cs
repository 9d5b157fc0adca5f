using System.Globalization;

namespace Kodama.Ably.Tests;

/// <summary>docs/specs/ably.md, Attaching.</summary>
public sealed class AttachTests
{
    private const int Resumed = (int)Flags.Resumed;

    [Fact]
    public async Task C7_Attach_GivesModesThatAreAskedForAndAllowed()
    {
        await using var server = await AblyServer.StartAsync();
        await using var client = await server.ConnectAsync($"key={AblyServer.SmallKey}");

        var attached = await client.AttachAsync("tea", ""","params":{"modes":"subscribe,presence","novel":"x","rewind":"1"}""");

        Assert.Equal((int)Flags.Subscribe, attached.GetProperty("flags").GetInt32());
        Assert.Equal("""{"modes":"subscribe,presence","rewind":"1"}""", attached.GetProperty("params").GetRawText());
        Assert.Equal((int)(Flags.Presence | Flags.Publish), (await client.AttachAsync("talk:x")).GetProperty("flags").GetInt32());
        Assert.Equal((int)Flags.Publish, (await client.AttachAsync("talk:y",
            $",\"flags\":{(int)Flags.Publish}")).GetProperty("flags").GetInt32());
    }

    [Theory]
    [InlineData("coffee", "", 40160)]
    [InlineData("talk:x", ",\"flags\":262144", 40160)]
    [InlineData("", "", 40010)]
    [InlineData(":x", "", 40010)]
    [InlineData(" x", "", 40010)]
    [InlineData("a\\nb", "", 40010)]
    [InlineData("[x]y", "", 40010)]
    [InlineData("[filter=x]y", "", 40400)]
    [InlineData("[?rewind=1]y", "", 40400)]
    [InlineData("[meta]occupancy:tea", "", 40160)]
    [InlineData("tea", ",\"params\":{\"rewind\":\"soon\"}", 40000)]
    [InlineData("tea", ",\"params\":{\"modes\":\"novel\"}", 40000)]
    [InlineData("tea", ",\"params\":{\"occupancy\":\"x\"}", 40000)]
    public async Task C7_AttachThatCannotBe_GetsAnErrorOfItsChannel_AndTheConnectionStays(string channel, string more, int code)
    {
        await using var server = await AblyServer.StartAsync();
        await using var client = await server.ConnectAsync($"key={AblyServer.SmallKey}");

        await client.SendAsync($$"""{"action":10,"channel":"{{channel}}"{{more}}}""");

        Assert.Equal(code, await client.ExpectErrorAsync(ProtocolAction.Error));
        await client.ExpectNothingAsync();
    }

    [Fact]
    public async Task C6_AsManyChannelsAsMayBe_AndNotOneMore()
    {
        await using var server = await AblyServer.StartAsync(options => options.MaxChannels = 3);
        await using var client = await server.ConnectAsync();
        for (var i = 0; i < 3; i++) await client.AttachAsync($"c{i}");

        await client.SendAsync("""{"action":10,"channel":"c3"}""");
        Assert.Equal(90010, await client.ExpectErrorAsync(ProtocolAction.Error));
        await client.SendAsync("""{"action":12,"channel":"c0"}""");
        await client.ExpectAsync(ProtocolAction.Detached);
        await client.AttachAsync("c3");
    }

    [Fact]
    public async Task C9_Serial_GoesOnBehindIt()
    {
        await using var server = await AblyServer.StartAsync();
        await using var client = await server.ConnectAsync();
        await client.AttachAsync("tea");
        var room = server.Hub.FindRoom("tea")!;
        room.Send("one");
        var serial = (await client.ExpectAsync(ProtocolAction.Message)).GetProperty("channelSerial").GetString();
        client.Abort();
        room.Send("two");
        room.Send("three");

        await using var again = await server.ConnectAsync($"resume={client.Key}");
        var attached = await again.AttachAsync("tea", $",\"channelSerial\":\"{serial}\"");

        Assert.Equal(Resumed, attached.GetProperty("flags").GetInt32() & Resumed);
        Assert.Equal("two", (await again.ExpectOneAsync(ProtocolAction.Message)).GetProperty("data").GetString());
        Assert.Equal("three", (await again.ExpectOneAsync(ProtocolAction.Message)).GetProperty("data").GetString());
        await again.ExpectNothingAsync();
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("01796007835787-000000000001@AAAAAAAAAAAA")]
    [InlineData("01796007835787-000000099999@EPOCH")]
    public async Task C9_SerialOfAnotherLife_IsNotResumed(string serial)
    {
        await using var server = await AblyServer.StartAsync();
        await using var client = await server.ConnectAsync();
        await using var other = await server.ConnectAsync();
        await other.AttachAsync("tea");
        var room = server.Hub.FindRoom("tea")!;

        var told = serial.Replace("EPOCH", room.Epoch, StringComparison.Ordinal);
        var attached = await client.AttachAsync("tea", $",\"channelSerial\":\"{told}\"");

        Assert.Equal(0, attached.GetProperty("flags").GetInt32() & Resumed);
        Assert.Equal(90003, attached.GetProperty("error").GetProperty("code").GetInt32());
    }

    [Fact]
    public async Task C9_WhatRetentionHasTaken_IsAGap()
    {
        await using var server = await AblyServer.StartAsync(hub: options => options.Log.Messages = 2);
        await using var client = await server.ConnectAsync();
        var serial = (await client.AttachAsync("tea")).GetProperty("channelSerial").GetString();
        client.Abort();
        await using var other = await server.ConnectAsync();
        await other.AttachAsync("tea");
        for (var i = 0; i < 4; i++) server.Hub.FindRoom("tea")!.Send(i.ToString(CultureInfo.InvariantCulture));

        await using var again = await server.ConnectAsync();
        var attached = await again.AttachAsync("tea", $",\"channelSerial\":\"{serial}\"");

        Assert.Equal(90003, attached.GetProperty("error").GetProperty("code").GetInt32());
        Assert.Equal("2", (await again.ExpectOneAsync(ProtocolAction.Message)).GetProperty("data").GetString());
    }

    [Theory]
    [InlineData("2", 2)]
    [InlineData("0", 0)]
    [InlineData("1000000", 3)]
    [InlineData("30s", 3)]
    [InlineData("1m", 3)]
    public async Task C10_Rewind_BringsWhatWasBefore(string rewind, int count)
    {
        await using var server = await AblyServer.StartAsync();
        await using var other = await server.ConnectAsync();
        await other.AttachAsync("tea");
        for (var i = 0; i < 3; i++) server.Hub.FindRoom("tea")!.Send(i.ToString(CultureInfo.InvariantCulture));
        await using var client = await server.ConnectAsync();

        var attached = await client.AttachAsync("tea", $$""","params":{"rewind":"{{rewind}}"}""");

        Assert.Equal(count > 0, (attached.GetProperty("flags").GetInt32() & (int)Flags.HasBacklog) != 0);
        for (var i = 3 - count; i < 3; i++)
            Assert.Equal(i.ToString(CultureInfo.InvariantCulture),
                (await client.ExpectOneAsync(ProtocolAction.Message)).GetProperty("data").GetString());
        await client.ExpectNothingAsync();
    }

    [Fact]
    public async Task C11_AttachAgain_ChangesModes_AndLosesNothing()
    {
        await using var server = await AblyServer.StartAsync();
        await using var client = await server.ConnectAsync();
        await client.AttachAsync("tea");
        var room = server.Hub.FindRoom("tea")!;

        var deaf = await client.AttachAsync("tea", $",\"flags\":{(int)Flags.Publish}");
        room.Send("unheard");
        await client.ExpectNothingAsync();
        await client.AttachAsync("tea", $",\"flags\":{(int)Flags.Subscribe}");
        room.Send("heard");

        Assert.Equal(Resumed | (int)Flags.Publish, deaf.GetProperty("flags").GetInt32());
        Assert.Equal("heard", (await client.ExpectOneAsync(ProtocolAction.Message)).GetProperty("data").GetString());
        await client.PublishAsync("tea", """{"data":"x"}""");
        Assert.Equal(40160, await client.ExpectErrorAsync(ProtocolAction.Nack));
    }

    [Fact]
    public async Task C12_Review_TellsTheChannelsError()
    {
        var isOpen = true;
        await using var server = await AblyServer.StartAsync(
            hub: options => options.Rules.Grant((peer, room) => isOpen ? RoomRights.All : RoomRights.None));
        await using var client = await server.ConnectAsync();
        await client.AttachAsync("tea");

        isOpen = false;
        await server.Hub.ReviewAsync("tea").Within();

        Assert.Equal(40160, await client.ExpectErrorAsync(ProtocolAction.Error));
        await client.SendAsync("""{"action":10,"channel":"tea"}""");
        Assert.Equal(40160, await client.ExpectErrorAsync(ProtocolAction.Error));
    }

    [Theory]
    [InlineData("""{"tea":["annotation-subscribe"]}""", """{"action":10,"channel":"tea","flags":4194304}""")]
    [InlineData("""{"tea":["*"]}""", """{"action":10,"channel":"tea","flags":4194304}""")]
    [InlineData("""{"tea":["*"]}""", """{"action":10,"channel":"tea","params":{"modes":"object_subscribe"}}""")]
    [InlineData("""{"tea":["*"]}""", """{"action":10,"channel":"tea","flags":16777216}""")]
    public async Task C7_WhatLetsNobodyHearAnything_IsRefused(string capability, string attach)
    {
        await using var server = await AblyServer.StartAsync();
        var asked = $$"""{"capability":{{System.Text.Json.JsonSerializer.Serialize(capability)}}}""";
        await using var client = await server.ConnectAsync($"access_token={await server.TokenAsync(asked)}");

        await client.SendAsync(attach);

        Assert.Equal(40160, await client.ExpectErrorAsync(ProtocolAction.Error));
    }

    [Fact]
    public async Task C10_RewindOfWhoHearsNothing_HasNoBacklog()
    {
        await using var server = await AblyServer.StartAsync();
        await server.PostAsync("channels/tea/messages", """{"data":"x"}""");
        await using var client = await server.ConnectAsync();

        await client.SendAsync("""{"action":10,"channel":"tea","params":{"rewind":"1","modes":"publish"}}""");

        var attached = await client.ExpectAsync(ProtocolAction.Attached);
        Assert.Equal((int)Flags.Publish, attached.GetProperty("flags").GetInt32());
        await client.ExpectNothingAsync();
    }

    [Fact]
    public async Task C13_Occupancy_IsToldWhenItChanges()
    {
        var clock = new FakeClock();
        await using var server = await AblyServer.StartAsync(time: clock);
        await using var client = await server.ConnectAsync();
        await client.SendAsync("""{"action":10,"channel":"tea","params":{"occupancy":"metrics"}}""");
        await client.ExpectAsync(ProtocolAction.Attached);
        static int Connections(System.Text.Json.JsonElement message) =>
            System.Text.Json.JsonElement.Parse(message.GetProperty("data").GetString()!)
            .GetProperty("metrics").GetProperty("connections").GetInt32();
        Assert.Equal(1, Connections(await client.ExpectOneAsync(ProtocolAction.Message)));

        await using var other = await server.ConnectAsync();
        await other.AttachAsync("tea");
        var reading = client.ExpectOneAsync(ProtocolAction.Message);
        await clock.AdvanceUntilAsync(() => reading.IsCompleted);

        Assert.Equal(2, Connections(await reading.Within()));
    }
}
