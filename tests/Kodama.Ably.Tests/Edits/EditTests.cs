using System.Text.Json;

namespace Kodama.Ably.Tests;

/// <summary>docs/specs/ably.md, Edits and annotations.</summary>
public sealed class EditTests
{
    [Theory]
    [InlineData(WireFormat.Json)]
    [InlineData(WireFormat.MessagePack)]
    internal async Task E1_Update_IsANewVersionOfTheMessage(WireFormat format)
    {
        await using var server = await AblyServer.StartAsync();
        await using var client = await server.ConnectAsync("clientId=yui", format);
        await client.AttachAsync("tea");
        var serial = await SayAsync(client, """{"name":"a","data":"one","extras":{"k":1}}""");

        await client.PublishAsync("tea",
            $$$$"""{"action":1,"serial":"{{{{serial}}}}","data":"two","version":{"description":"typo","metadata":{"m":1}}}""");
        var frame = await client.ExpectAsync(ProtocolAction.Message);
        var edited = frame.GetProperty("messages")[0];
        var ack = await client.ExpectAsync(ProtocolAction.Ack);

        Assert.Equal((serial, "two", "a", 1, """{"k":1}"""), (edited.GetProperty("serial").GetString(),
            edited.GetProperty("data").GetString(),
            edited.GetProperty("name").GetString(), edited.GetProperty("action").GetInt32(), edited.GetProperty("extras").GetRawText()));
        var version = edited.GetProperty("version");
        Assert.Equal(("yui", "typo", """{"m":1}"""), (version.GetProperty("clientId").GetString(),
            version.GetProperty("description").GetString(),
            version.GetProperty("metadata").GetRawText()));
        Assert.Equal(frame.GetProperty("channelSerial").GetString(), version.GetProperty("serial").GetString());
        Assert.Equal(version.GetProperty("serial").GetString(), ack.GetProperty("res")[0].GetProperty("serials")[0].GetString());
        var kept = Assert.Single((await server.GetAsync("channels/tea/messages")).Json.EnumerateArray());
        Assert.Equal((serial, "two"), (kept.GetProperty("serial").GetString(), kept.GetProperty("data").GetString()));
        var versions = (await server.GetAsync($"channels/tea/messages/{Uri.EscapeDataString(serial)}/versions")).Json;
        Assert.Equal(["one", "two"], versions.EnumerateArray().Select(one => one.GetProperty("data").GetString()));
    }

    [Fact]
    public async Task E5_FirstEdit_ReadsWhatIsBehindItsMessage_AndOlderOnesWhenTheyAreAskedFor()
    {
        await using var server = await AblyServer.StartAsync(hub: hub => hub.Log.Messages = 2000);
        await using var client = await server.ConnectAsync();
        await client.AttachAsync("tea");
        var serials = new List<string>();
        for (var i = 0; i < 1000; i++) serials.Add(await SayAsync(client, $$"""{"data":"{{i}}"}"""));
        var room = server.Hub.FindRoom("tea")!;
        foreach (var i in (int[])[3, 990, 999])
        {
            await client.PublishAsync("tea", $$"""{"action":5,"serial":"{{serials[i]}}","data":"+"}""");
            await client.ExpectAsync(ProtocolAction.Message);
            await client.ExpectAsync(ProtocolAction.Ack);
        }

        var edits = new RoomEdits();
        using (var turn = await edits.TakeAsync(room, 1000, CancellationToken.None)) Assert.Single(turn.Of(serials[999]).Edits);
        Assert.Equal(1000, edits.ReadFrom);
        using (var turn = await edits.TakeAsync(room, 999, CancellationToken.None)) Assert.Single(turn.Of(serials[990]).Edits);
        Assert.Equal(997, edits.ReadFrom);
        using (var turn = await edits.TakeAsync(room, 4, CancellationToken.None))
        {
            Assert.Single(turn.Of(serials[3]).Edits);
            Assert.Single(turn.Of(serials[999]).Edits);
        }
        Assert.Equal(4, edits.ReadFrom);
        using (await edits.TakeAsync(room, long.MaxValue, CancellationToken.None)) Assert.Equal(4, edits.ReadFrom);
        var history = (await server.GetAsync("channels/tea/messages?limit=1000")).Json.EnumerateArray()
            .Select(static message => message.GetProperty("data").GetString()).ToList();
        Assert.Equal(("999+", "990+", "3+", "4"), (history[0], history[9], history[996], history[995]));
    }

    [Fact]
    public async Task E1_Append_BringsWhatIsNew_AndTheWholeToWhoComesLater()
    {
        await using var server = await AblyServer.StartAsync();
        await using var client = await server.ConnectAsync();
        await client.AttachAsync("tea");
        var serial = await SayAsync(client, """{"name":"a","data":"one"}""");

        await client.PublishAsync("tea", $$"""{"action":5,"serial":"{{serial}}","data":" two"}""");
        var live = await client.ExpectOneAsync(ProtocolAction.Message);
        await client.ExpectAsync(ProtocolAction.Ack);
        await using var later = await server.ConnectAsync();
        await later.AttachAsync("tea", ""","params":{"rewind":"1"}""");
        var whole = await later.ExpectOneAsync(ProtocolAction.Message);

        Assert.Equal((5, " two"), (live.GetProperty("action").GetInt32(), live.GetProperty("data").GetString()));
        Assert.Equal((1, "one two"), (whole.GetProperty("action").GetInt32(), whole.GetProperty("data").GetString()));
        Assert.Equal("one two", (await server.GetAsync($"channels/tea/messages/{serial}")).Json.GetProperty("data").GetString());
    }

    [Fact]
    public async Task E2_OtherDoors_HearUpdates_AndNoDeletesAndAnnotations()
    {
        await using var server = await AblyServer.StartAsync();
        await using var client = await server.ConnectAsync("clientId=yui");
        await using var raw = await RawDoorClient.ConnectAsync(server.Url, "tea");
        await client.AttachAsync("tea");
        var serial = await SayAsync(client, """{"data":"one"}""");
        foreach (var change in (string[])[$$"""{"action":1,"serial":"{{serial}}","data":"two"}""",
            $$"""{"action":2,"serial":"{{serial}}"}"""])
        {
            await client.PublishAsync("tea", change);
            await client.ExpectAsync(ProtocolAction.Message);
            await client.ExpectAsync(ProtocolAction.Ack);
        }
        await AnnotateAsync(client, serial, "reaction:flag.v1", "");
        server.Hub.FindRoom("tea")!.Send("end");

        foreach (var wanted in (string[])["one", "two", "end"]) Assert.Equal(wanted, await raw.ReadAsync());
        var listed = (await server.SendAsync(HttpMethod.Get, "api/rooms/tea/messages", null, null)).Json.GetProperty("messages");
        Assert.Equal(["one", "two", "end"], listed.EnumerateArray().Select(message => message.GetProperty("text").GetString()));
    }

    [Fact]
    public async Task E1_Edits_AreForWhoMay()
    {
        await using var server = await AblyServer.StartAsync(options => options.Keys.Add(new AblyKey
        {
            Key = "garden.own:willow-willow",
            Capability = """{"tea":["publish","message-update-own","message-delete-any"]}""",
        }));
        await using var yui = await server.ConnectAsync("clientId=yui");
        await yui.AttachAsync("tea");
        var serial = await SayAsync(yui, """{"data":"one"}""");
        var path = $"channels/tea/messages/{Uri.EscapeDataString(serial)}";
        Task<AblyServer.Answer> EditAsync(string key, int action, string? clientId = null) => server.SendAsync(
            HttpMethod.Patch, path, $$"""{"action":{{action}},"data":"x"}""", AblyServer.Basic(key), request =>
            {
                if (clientId is not null)
                    request.Headers.Add("X-Ably-ClientId", Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(clientId)));
            });

        Assert.Equal(40160, (await EditAsync(AblyServer.SmallKey, 1)).Code);
        Assert.Equal(40160, (await EditAsync("garden.own:willow-willow", 1, "ren")).Code);
        Assert.Equal(40160, (await EditAsync("garden.own:willow-willow", 1)).Code);
        Assert.Equal(200, (await EditAsync("garden.own:willow-willow", 1, "yui")).Status);
        Assert.Equal(200, (await EditAsync("garden.own:willow-willow", 2, "ren")).Status);
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("01796007835787-000000000001@AAAAAAAAAAAA")]
    [InlineData("FUTURE")]
    public async Task E3_WhatIsNotThere_CannotBeEdited(string serial)
    {
        await using var server = await AblyServer.StartAsync();
        await server.PostAsync("channels/tea/messages", """{"data":"x"}""");
        var room = server.Hub.FindRoom("tea")!;
        if (serial == "FUTURE") serial = Serial.Of(room.Epoch, 99, DateTimeOffset.UtcNow);
        var path = $"channels/tea/messages/{Uri.EscapeDataString(serial)}";

        Assert.Equal(40400, (await server.SendAsync(HttpMethod.Patch, path, """{"action":1,"data":"y"}""",
            AblyServer.Basic(AblyServer.Key))).Code);
        Assert.Equal(40400, (await server.GetAsync(path)).Code);
        Assert.Equal(40400, (await server.SendAsync(HttpMethod.Patch, $"channels/none/messages/{serial}", """{"action":1}""",
            AblyServer.Basic(AblyServer.Key))).Code);
    }

    [Fact]
    public async Task E4_Annotations_AreSummedUp()
    {
        await using var server = await AblyServer.StartAsync();
        await using var client = await server.ConnectAsync();
        await client.AttachAsync("tea", $",\"flags\":{(int)Flags.Modes}");
        var serial = await SayAsync(client, """{"name":"a","data":"one"}""");
        var summary = default(JsonElement);
        foreach (var (type, name, who, isDelete) in ((string, string, string, bool)[])[
            ("r:distinct.v1", "+", "yui", false), ("r:distinct.v1", "+", "ren", false), ("r:distinct.v1", "-", "yui", false),
                ("r:distinct.v1", "+", "ren", true),
            ("r:unique.v1", "+", "yui", false), ("r:unique.v1", "-", "yui", false), ("r:flag.v1", "", "yui", false), ("r:flag.v1", "",
                "yui", false),
            ("r:total.v1", "", "yui", false), ("r:total.v1", "", "yui", false), ("r:multiple.v1", "+", "yui", false), ("r:multiple.v1",
                "+", "yui", false)])
        {
            summary = await AnnotateAsync(client, serial, type, name, who, isDelete);
        }

        Assert.Equal((4, serial), (summary.GetProperty("action").GetInt32(), summary.GetProperty("serial").GetString()));
        const string Wanted =
            """{"r:distinct.v1":{"+":{"total":1,"clientIds":["yui"],"clipped":false},"-":{"total":1,"clientIds":["yui"],"clipped":false}}"""
            + ""","r:flag.v1":{"total":1,"clientIds":["yui"],"clipped":false}"""
            + ""","r:multiple.v1":{"+":{"total":2,"clientIds":{"yui":2},"clipped":false,"totalUnidentified":0,"totalClientIds":1}}"""
            + ""","r:total.v1":{"total":2},"r:unique.v1":{"-":{"total":1,"clientIds":["yui"],"clipped":false}}}""";
        Assert.Equal(Wanted, summary.GetProperty("annotations").GetProperty("summary").GetRawText());
        var kept = (await server.GetAsync("channels/tea/messages")).Json[0];
        Assert.Equal(Wanted, kept.GetProperty("annotations").GetProperty("summary").GetRawText());
        var listed = (await server.GetAsync($"channels/tea/messages/{serial}/annotations?limit=2")).Json;
        Assert.Equal(["+", "+"], listed.EnumerateArray().Select(one => one.GetProperty("name").GetString()));
    }

    private static async Task<string> SayAsync(AblyClient client, string message)
    {
        await client.PublishAsync("tea", message);
        var serial = (await client.ExpectOneAsync(ProtocolAction.Message)).GetProperty("serial").GetString()!;
        await client.ExpectAsync(ProtocolAction.Ack);
        return serial;
    }

    // Answers the summary behind it.
    private static async Task<JsonElement> AnnotateAsync(
        AblyClient client, string serial, string type, string name, string? who = null, bool isDelete = false)
    {
        var clientId = who is null ? "" : $",\"clientId\":\"{who}\"";
        await client.SendAsync($$"""
            {"action":21,"channel":"tea","msgSerial":0,"annotations":[{"action":{{(isDelete ? 1
                : 0)}},"messageSerial":"{{serial}}","type":"{{type}}","name":"{{name}}"{{clientId}}}]}
            """);
        var annotation = await client.ExpectOneAsync(ProtocolAction.Annotation);
        Assert.Equal((serial, type), (annotation.GetProperty("messageSerial").GetString(), annotation.GetProperty("type").GetString()));
        Assert.True(string.CompareOrdinal(annotation.GetProperty("serial").GetString(), serial) > 0);
        var summary = await client.ExpectOneAsync(ProtocolAction.Message);
        await client.ExpectAsync(ProtocolAction.Ack);
        return summary;
    }

    [Theory]
    [InlineData("r:distinct.v1", "up")]
    [InlineData("r:multiple.v1", "up")]
    [InlineData("r:unique.v1", null)]
    public void E4_Summary_IsBounded_HoweverLongTheNamesAre(string type, string? name)
    {
        var all = Enumerable.Range(0, 1000).Select(i => new Annotation(
            i, type, name ?? $"{i}{new string('n', 250)}", $"{i}{new string('c', 250)}", Count: 1, IsDelete: false)).ToList();

        var summary = JsonElement.Parse(AnnotationSummary.Of(all).Span).GetProperty(type);

        Assert.InRange(summary.GetRawText().Length, 1000, 20_000);
        if (name is null) return;
        Assert.True(summary.GetProperty(name).GetProperty("clipped").GetBoolean());
        Assert.Equal(1000, summary.GetProperty(name).GetProperty("total").GetInt32());
    }
}
