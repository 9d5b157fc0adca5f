using System.Net;

namespace Kodama.Core.Tests;

/// <summary>Filters are asked about changes of presence and state as about messages.</summary>
public class ChangeFilterTests
{
    [Fact]
    public async Task Filter_OfChanges_SeesWhatIsToBecomeOfWhichKey()
    {
        List<string> asked = [];
        var hub = new Hub(rules: new HubRules().Filter(message =>
        {
            var about = $"{message.Kind} {message.Action} {message.Key} {message.Payload} '{message.Event}'";
            asked.Add($"{about} {message.Room!.Name} {message.Sender!.Id}");
            return FilterResult.Pass;
        }));
        var yui = await hub.ComeAsync();
        var id = yui.Peer.Id;

        Assert.Equal(1, (await EnterAsync(yui, "1")).Offset);
        Assert.Equal(2, (await SetAsync(yui, "light", "on")).Offset);
        Assert.Equal(3, (await RemoveAsync(yui, "light")).Offset);
        await yui.SayAsync("hello");
        var writer = new PeerDescription { Door = "http", Encoder = LengthPrefixed.Plain };
        await hub.ChangeStateAsync(await hub.VisitAsync(writer, "lobby", RoomRights.State), "door", "open");

        Assert.Equal(
            [
                $"Presence Enter {id} 1 '' lobby {id}",
                $"State Update light on '' lobby {id}",
                $"State Remove light  '' lobby {id}",
                $"Message None  hello 'message' lobby {id}",
            ],
            asked.Take(4));
        Assert.StartsWith("State Update door open", asked[4], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Filter_ThatDropsAChange_IsItsRefusal()
    {
        var hub = new Hub(rules: new HubRules().Filter(message => message.Kind == EntryKind.Message, "Only messages."));
        var yui = await hub.ComeAsync();
        // The program's own word is not filtered.
        yui.Room.State.Set("light", "on");
        yui.Room.Members.Enter(yui.Peer, "1");

        var entered = await EnterAsync(yui, "2");
        Assert.Equal((RefusalCode.MessageRefused, "Only messages."), (entered.Code, entered.Refusal));
        Assert.Equal(RefusalCode.MessageRefused, (await SetAsync(yui, "light", "off")).Code);
        Assert.Equal(RefusalCode.MessageRefused, (await RemoveAsync(yui, "light")).Code);
        Assert.Equal((2, 3), (yui.Room.Offset, hub.Counts.Dropped));
    }

    [Fact]
    public async Task RateLimit_CountsChangesLikeMessages()
    {
        var hub = new Hub(rules: new HubRules().RateLimit(3, TimeSpan.FromHours(1)));
        var yui = await hub.ComeAsync();

        await yui.SayAsync("hello");
        await EnterAsync(yui, "1");
        await SetAsync(yui, "light", "on");
        Assert.Equal(RefusalCode.MessageRefused, (await EnterAsync(yui, "2")).Code);
        Assert.Equal(RefusalCode.MessageRefused, (await SetAsync(yui, "light", "off")).Code);

        var writer = new PeerDescription { Door = "http", Encoder = LengthPrefixed.Plain, RemoteAddress = IPAddress.Parse("192.168.1.2") };
        for (var i = 0; i < 3; i++) Assert.Null((await ChangeAsync($"{i}")).Refusal);
        Assert.Equal(RefusalCode.MessageRefused, (await ChangeAsync(null)).Code);

        async Task<PublishResult> ChangeAsync(Payload? value) =>
            await hub.ChangeStateAsync(await hub.VisitAsync(writer, "lobby", RoomRights.State), "door", value);
    }

    [Fact]
    public async Task MaxMessageSize_HoldsForValuesAndData()
    {
        var yui = await new Hub(rules: new HubRules().MaxMessageSize(text: 10, binary: 20)).ComeAsync();

        Assert.Null((await EnterAsync(yui, "1234567890")).Refusal);
        Assert.Equal(RefusalCode.MessageRefused, (await EnterAsync(yui, "12345678901")).Code);
        Assert.Null((await SetAsync(yui, "k", Payload.Of(new byte[20]))).Refusal);
        Assert.Equal(RefusalCode.MessageRefused, (await SetAsync(yui, "k", "12345678901")).Code);
    }

    [Fact]
    public async Task BanWords_InValuesAndData_AreReplaced()
    {
        var yui = await new Hub(rules: new HubRules().BanWords(["fool"], BannedWordAction.Replace)).ComeAsync();

        await SetAsync(yui, "topic", "a fool");
        await EnterAsync(yui, """{"name":"fool"}""");

        Assert.Equal("a ****", yui.Room.State.Find("topic")!.Payload.ToString());
        Assert.Equal("""{"name":"****"}""", Assert.Single(yui.Room.Members.List().Members).Data.ToString());
    }

    [Fact]
    public async Task Replacement_OfAMembersData_ThatIsNotJson_IsInvalid()
    {
        var yui = await new Hub(rules: new HubRules().Filter(_ => FilterResult.Replace("not json"))).ComeAsync();

        Assert.Equal(RefusalCode.Invalid, (await EnterAsync(yui, "1")).Code);
        Assert.Equal(0, yui.Room.Members.Count);
    }

    [Theory]
    [InlineData("text", true, false)]
    [InlineData("binary", false, true)]
    [InlineData("json", true, true)]
    public async Task PayloadRules_HoldForValuesAndNotForMembersData(string rule, bool text, bool binary)
    {
        var rules = new HubRules();
        var yui = await new Hub(rules: rule switch
        {
            "text" => rules.TextOnly(),
            "binary" => rules.BinaryOnly(),
            _ => rules.RequireJson("type"),
        }).ComeAsync();

        Assert.Null((await EnterAsync(yui, "1")).Refusal);
        Assert.Equal(text, (await SetAsync(yui, "k", "on")).Refusal is null);
        Assert.Equal(binary, (await SetAsync(yui, "k", Payload.Of(new byte[1]))).Refusal is null);
        Assert.Equal(3, (await RemoveAsync(yui, "k")).Offset - (text && binary ? 1 : 0));
    }

    [Fact]
    public async Task Change_SentAgainUnderItsId_IsNotFilteredAgain()
    {
        var asked = 0;
        var yui = await new Hub(rules: new HubRules().Filter(_ =>
        {
            asked++;
            return FilterResult.Replace("masked");
        })).ComeAsync();

        await SetAsync(yui, "k", "plain", new PublishId("a"));
        var again = await SetAsync(yui, "k", "plain", new PublishId("a"));

        Assert.Equal((1, true, 1), (again.Offset, again.IsDuplicate, asked));
        Assert.Equal("masked", yui.Room.State.Find("k")!.Payload.ToString());
        Assert.Equal(RefusalCode.IdReused, (await SetAsync(yui, "k", "masked", new PublishId("a"))).Code);
    }

    [Fact]
    public async Task Filter_ThatTakesItsTime_AnswersAfterThePeerHasLeft()
    {
        var released = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var hub = new Hub(rules: new HubRules().Filter(async (_, _) =>
        {
            await released.Task;
            return FilterResult.Pass;
        }));
        await hub.ComeAsync();
        var yui = await hub.ComeAsync();
        var room = yui.Room;
        room.State.Set("light", "on");
        var (first, second, third) = (FlushBatch.Rent(), FlushBatch.Rent(), FlushBatch.Rent());
        var entering = room.Members.EnterAsync(yui.Peer, "1", first).AsTask();
        var setting = room.State.SetAsync("cursor", "1", yui.Peer, isBound: true, second).AsTask();
        var removing = room.State.RemoveAsync("light", yui.Peer, third).AsTask();
        yui.Go();
        released.SetResult();

        Assert.Equal(RefusalCode.NotJoined, (await entering.WithDeadline()).Code);
        Assert.Equal(RefusalCode.NotJoined, (await setting.WithDeadline()).Code);
        Assert.Equal(RefusalCode.NotJoined, (await removing.WithDeadline()).Code);
        first.Dispose();
        second.Dispose();
        third.Dispose();
        Assert.Equal(0, room.Members.Count);
        Assert.Equal("light", Assert.Single(room.State.List().Keys).Key);
    }

    private static async Task<PublishResult> EnterAsync(TestPeer peer, string data)
    {
        var batch = FlushBatch.Rent();
        var result = await peer.Room.Members.EnterAsync(peer.Peer, data, batch);
        batch.Dispose();
        return result;
    }

    private static async Task<PublishResult> SetAsync(TestPeer peer, string key, Payload value, PublishId? id = null)
    {
        var batch = FlushBatch.Rent();
        var result = await peer.Room.State.SetAsync(key, value, peer.Peer, isBound: false, batch, id);
        batch.Dispose();
        return result;
    }

    private static async Task<PublishResult> RemoveAsync(TestPeer peer, string key)
    {
        var batch = FlushBatch.Rent();
        var result = await peer.Room.State.RemoveAsync(key, peer.Peer, batch);
        batch.Dispose();
        return result;
    }
}
