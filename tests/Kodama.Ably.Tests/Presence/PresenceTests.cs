using System.Text.Json;

namespace Kodama.Ably.Tests;

/// <summary>docs/specs/ably.md, Presence.</summary>
public sealed class PresenceTests
{
    [Theory]
    [InlineData(WireFormat.Json)]
    [InlineData(WireFormat.MessagePack)]
    internal async Task P1_Members_EnterUpdateAndLeave(WireFormat format)
    {
        await using var server = await AblyServer.StartAsync();
        await using var client = await server.ConnectAsync("clientId=yui");
        await client.AttachAsync("tea");
        await using var other = await server.ConnectAsync(format: format);
        await other.AttachAsync("tea");

        await client.PresenceAsync("tea", """{"action":2,"data":"calm"}""", 0);
        await ExpectAsync(other, client, PresenceAction.Enter, "yui", "calm", $"{client.Id}:0:0");
        await client.PresenceAsync("tea", """{"action":4,"data":"{\"mood\":1}","encoding":"json"}""", 1);
        await ExpectAsync(other, client, PresenceAction.Update, "yui", """{"mood":1}""", $"{client.Id}:1:0");
        Assert.Equal("""{"mood":1}""", Assert.Single(server.Hub.FindRoom("tea")!.Members.List().Members).Data.Text);
        await client.PresenceAsync("tea", """{"action":3,"data":"bye"}""", 2);
        await ExpectAsync(other, client, PresenceAction.Leave, "yui", "bye", $"{client.Id}:2:0");
        Assert.Equal(0, server.Hub.FindRoom("tea")!.Members.Count);
        await other.ExpectNothingAsync();
    }

    [Fact]
    public async Task P1_Leave_WithoutData_TellsThoseOfTheMember_AlsoWhenTheHubSaysIt()
    {
        await using var server = await AblyServer.StartAsync();
        await using var client = await server.ConnectAsync("clientId=yui");
        await client.AttachAsync("tea");
        await using var other = await server.ConnectAsync();
        await other.AttachAsync("tea");
        const string Enter = """{"action":2,"data":"{\"mood\":1}","encoding":"json"}""";

        await client.PresenceAsync("tea", Enter, 0);
        await ExpectAsync(other, client, PresenceAction.Enter, "yui", """{"mood":1}""", $"{client.Id}:0:0");
        await client.PresenceAsync("tea", """{"action":3}""", 1);
        await ExpectAsync(other, client, PresenceAction.Leave, "yui", """{"mood":1}""", $"{client.Id}:1:0");
        await client.PresenceAsync("tea", Enter, 2);
        await other.ExpectAsync(ProtocolAction.Presence);
        await client.SendAsync("""{"action":7}""");

        var left = await other.ExpectOneAsync(ProtocolAction.Presence);
        Assert.Equal((int)PresenceAction.Leave, left.GetProperty("action").GetInt32());
        Assert.Equal("""{"mood":1}""", left.GetProperty("data").GetString());
        Assert.Equal("json", left.GetProperty("encoding").GetString());
    }

    [Fact]
    public async Task P1_Connection_MayBePresentAsSeveral_AndIsBounded()
    {
        await using var server = await AblyServer.StartAsync(options => options.MaxMembers = 2);
        await using var client = await server.ConnectAsync();
        await client.AttachAsync("tea", $",\"flags\":{(int)(Flags.Presence | Flags.Subscribe)}");

        await client.PresenceAsync("tea", """{"action":2,"clientId":"a"},{"action":2,"clientId":"b"}""");
        Assert.Equal("a", (await client.ExpectOneAsync(ProtocolAction.Presence)).GetProperty("clientId").GetString());
        Assert.Equal("b", (await client.ExpectOneAsync(ProtocolAction.Presence)).GetProperty("clientId").GetString());
        await client.ExpectAsync(ProtocolAction.Ack);
        await client.PresenceAsync("tea", """{"action":2,"clientId":"c"}""");
        Assert.Equal(91003, await client.ExpectErrorAsync(ProtocolAction.Nack));
        await client.PresenceAsync("tea", """{"action":3,"clientId":"a"},{"action":3,"clientId":"nobody"}""");
        await client.ExpectAsync(ProtocolAction.Presence);
        await client.ExpectAsync(ProtocolAction.Presence);
        await client.ExpectAsync(ProtocolAction.Ack);

        var members = server.Hub.FindRoom("tea")!.Members;
        Assert.Equal($"{client.Id}/b", Assert.Single(members.List().Members).Id);
        await client.SendAsync("""{"action":12,"channel":"tea"}""");
        await client.ExpectAsync(ProtocolAction.Detached);
        Assert.Equal(0, members.Count);
    }

    [Theory]
    [InlineData("clientId=yui", "tea", """{"action":2,"clientId":"ren"}""", 40012)]
    [InlineData("", "tea", """{"action":2}""", 91000)]
    [InlineData("clientId=yui", "coffee", """{"action":2}""", 90001)]
    [InlineData("clientId=yui", "tea", """{"action":9}""", 40000)]
    [InlineData("key=garden.small:birch-birch&clientId=yui", "tea", """{"action":2}""", 40160)]
    public async Task P1_WhoMayNotBePresent_GetsANack(string query, string channel, string message, int code)
    {
        await using var server = await AblyServer.StartAsync();
        await using var client = await server.ConnectAsync(query);
        await client.AttachAsync("tea");

        await client.PresenceAsync(channel, message);

        Assert.Equal(code, await client.ExpectErrorAsync(ProtocolAction.Nack));
    }

    [Fact]
    public async Task P2_IdOfAnEntryOfBefore_ChangesNothing_AndOthersIdsAreNotTaken()
    {
        await using var server = await AblyServer.StartAsync();
        await using var client = await server.ConnectAsync("clientId=yui");
        await client.AttachAsync("tea");
        await client.PresenceAsync("tea", """{"action":2,"data":"x"}""", 0);
        await client.ExpectAsync(ProtocolAction.Presence);
        await client.ExpectAsync(ProtocolAction.Ack);

        await client.PresenceAsync("tea", $$"""{"action":2,"data":"x","id":"{{client.Id}}:0:0"}""", 5);
        await client.ExpectAsync(ProtocolAction.Ack);
        await client.PresenceAsync("tea", """{"action":2,"data":"x","id":"another:0:0"}""", 6);

        Assert.Equal($"{client.Id}:6:0", (await client.ExpectOneAsync(ProtocolAction.Presence)).GetProperty("id").GetString());
    }

    [Fact]
    public async Task P3_Sync_BringsThoseWhoArePresent_InPages()
    {
        await using var server = await AblyServer.StartAsync();
        await using var client = await server.ConnectAsync();
        await client.AttachAsync("tea");
        for (var i = 0; i < 150; i++) await client.PresenceAsync("tea", $$"""{"action":2,"clientId":"c{{i}}"}""");
        await Deadline.UntilAsync(() => server.Hub.FindRoom("tea")!.Members.Count == 150);
        await using var other = await server.ConnectAsync();

        var attached = await other.AttachAsync("tea");
        var first = await other.ExpectAsync(ProtocolAction.Sync);
        var last = await other.ExpectAsync(ProtocolAction.Sync);

        Assert.NotEqual(0, attached.GetProperty("flags").GetInt32() & (int)Flags.HasPresence);
        Assert.Matches(@"^[\w-]+:.+$", first.GetProperty("channelSerial").GetString());
        Assert.Matches(@"^[\w-]+:$", last.GetProperty("channelSerial").GetString());
        var members = first.GetProperty("presence").EnumerateArray().Concat(last.GetProperty("presence").EnumerateArray()).ToList();
        Assert.Equal(Enumerable.Range(0, 150).Select(i => $"c{i}"), members.Select(member => member.GetProperty("clientId").GetString()));
        Assert.All(members, member => Assert.Equal((1, client.Id), (member.GetProperty("action").GetInt32(),
            member.GetProperty("connectionId").GetString())));
        await other.ExpectNothingAsync();
        await other.SendAsync("""{"action":16,"channel":"tea"}""");
        await other.ExpectAsync(ProtocolAction.Sync);
        await other.ExpectAsync(ProtocolAction.Sync);
        await other.ExpectNothingAsync();
    }

    [Fact]
    public async Task C4_LostConnection_KeepsItsMembersAWhile_AndWhoComesBackKeepsThem()
    {
        var clock = new FakeClock();
        await using var server = await AblyServer.StartAsync(time: clock);
        await using var client = await server.ConnectAsync("clientId=yui");
        await client.AttachAsync("tea");
        await client.PresenceAsync("tea", """{"action":2}""");
        await client.ExpectAsync(ProtocolAction.Presence);
        await using var other = await server.ConnectAsync();
        await other.AttachAsync("tea");
        await other.ExpectAsync(ProtocolAction.Sync);
        client.Abort();
        await Deadline.UntilAsync(() => server.Hub.PeerCount == 1);

        await using (var again = await server.ConnectAsync($"clientId=yui&resume={client.Key}"))
        {
            await again.AttachAsync("tea");
            clock.Advance(TimeSpan.FromSeconds(30));
            await other.ExpectNothingAsync();
            again.Abort();
        }
        await Deadline.UntilAsync(() => server.Hub.PeerCount == 1);
        clock.Advance(TimeSpan.FromSeconds(12));

        var left = await other.ExpectOneAsync(ProtocolAction.Presence);
        Assert.Equal((3, "yui"), (left.GetProperty("action").GetInt32(), left.GetProperty("clientId").GetString()));
        // The hub's own word, which is compared by its time.
        Assert.False(left.TryGetProperty("id", out _));
    }

    [Fact]
    public async Task P4_OwnMembers_AreToldWithoutPresenceSubscribe()
    {
        await using var server = await AblyServer.StartAsync();
        await using var client = await server.ConnectAsync("clientId=yui");
        await client.AttachAsync("tea", $",\"flags\":{(int)Flags.Presence}");

        await client.PresenceAsync("tea", """{"action":2,"data":"x"}""", 0);

        Assert.Equal($"{client.Id}:0:0", (await client.ExpectOneAsync(ProtocolAction.Presence)).GetProperty("id").GetString());
        await client.ExpectAsync(ProtocolAction.Ack);
    }

    [Fact]
    public async Task R5_MembersOfOtherDoors_ArePresent()
    {
        await using var server = await AblyServer.StartAsync();
        await using var client = await server.ConnectAsync();
        await client.AttachAsync("tea");
        await using var raw = await RawDoorClient.ConnectAsync(server.Url, "tea", "name=Ren");
        await Deadline.UntilAsync(() => server.Hub.PeerCount == 2);
        var peer = server.Hub.Peers.Single(peer => peer.Door != "ably");

        server.Hub.FindRoom("tea")!.Members.Enter(peer, """{"mood":"calm"}""");

        var entered = await client.ExpectOneAsync(ProtocolAction.Presence);
        Assert.Equal(("Ren", """{"mood":"calm"}""", "json"), (entered.GetProperty("clientId").GetString(),
            entered.GetProperty("data").GetString(),
            entered.GetProperty("encoding").GetString()));
        var listed = (await server.GetAsync("channels/tea/presence")).Json;
        Assert.Equal("Ren", listed[0].GetProperty("clientId").GetString());
    }

    [Fact]
    public async Task H4_Presence_IsReadOverHttp_WithItsHistory()
    {
        await using var server = await AblyServer.StartAsync();
        await using var client = await server.ConnectAsync("clientId=yui");
        await client.AttachAsync("tea");
        await client.PresenceAsync("tea", """{"action":2,"data":"one"}""");
        await client.PresenceAsync("tea", """{"action":4,"data":"two"}""");
        await Deadline.UntilAsync(() => server.Hub.FindRoom("tea")!.Offset == 2);

        var present = Assert.Single((await server.GetAsync("channels/tea/presence?clientId=yui")).Json.EnumerateArray());
        Assert.Equal(("two", 1, client.Id), (present.GetProperty("data").GetString(), present.GetProperty("action").GetInt32(),
            present.GetProperty("connectionId").GetString()));
        Assert.Empty((await server.GetAsync("channels/tea/presence?clientId=ren")).Json.EnumerateArray());
        var history = await server.GetAsync("channels/tea/presence/history?limit=1");
        Assert.Equal("two", history.Json[0].GetProperty("data").GetString());
        Assert.Contains("rel=\"next\"", history.Link, StringComparison.Ordinal);
        Assert.Equal(40160, (await server.GetAsync("channels/tea/presence", AblyServer.SmallKey)).Code);
    }

    private static async Task ExpectAsync(AblyClient other, AblyClient client, PresenceAction action, string clientId, string data,
        string id)
    {
        var frame = await other.ExpectAsync(ProtocolAction.Presence);
        var member = Assert.Single(frame.GetProperty("presence").EnumerateArray());
        Assert.Equal(((int)action, clientId, data, id), (member.GetProperty("action").GetInt32(),
            member.GetProperty("clientId").GetString(),
            member.GetProperty("data").GetString(), member.GetProperty("id").GetString()));
        Assert.Equal(client.Id, frame.GetProperty("connectionId").GetString());
    }

    [Fact]
    public async Task P1_WhoComesBack_HasItsMembersStill()
    {
        await using var server = await AblyServer.StartAsync(options => options.MaxMembers = 1);
        await using var client = await server.ConnectAsync();
        await client.AttachAsync("tea");
        await client.PresenceAsync("tea", """{"action":2,"clientId":"yui"}""");
        await client.ExpectAsync(ProtocolAction.Presence);
        client.Abort();
        await Deadline.UntilAsync(() => server.Hub.PeerCount == 0);

        await using var again = await server.ConnectAsync($"resume={client.Key}");
        await again.AttachAsync("tea");
        await again.ExpectAsync(ProtocolAction.Sync);
        await again.PresenceAsync("tea", """{"action":2,"clientId":"ren"}""");

        Assert.Equal(91003, await again.ExpectErrorAsync(ProtocolAction.Nack));
    }
}
