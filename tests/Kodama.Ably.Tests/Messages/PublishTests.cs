using System.Text.Json;

namespace Kodama.Ably.Tests;

/// <summary>docs/specs/ably.md, Messages, and R3 to R6.</summary>
public sealed class PublishTests
{
    [Theory]
    [InlineData(WireFormat.Json)]
    [InlineData(WireFormat.MessagePack)]
    internal async Task M1_Ack_HasTheSerialsOfTheMessages(WireFormat format)
    {
        await using var server = await AblyServer.StartAsync();
        await using var client = await server.ConnectAsync("clientId=yui", format);
        await client.AttachAsync("tea");

        await client.SendAsync(
            """{"action":15,"channel":"tea","msgSerial":7,"messages":[{"name":"a","data":"x"},{"data":"y","extras":{"k":[1]}}]}""");
        var first = await client.ExpectAsync(ProtocolAction.Message);
        var second = await client.ExpectAsync(ProtocolAction.Message);
        var ack = await client.ExpectAsync(ProtocolAction.Ack);

        Assert.Equal((7, 1), (ack.GetProperty("msgSerial").GetInt32(), ack.GetProperty("count").GetInt32()));
        var serials = ack.GetProperty("res")[0].GetProperty("serials").EnumerateArray().Select(serial => serial.GetString());
        Assert.Equal(serials, ((JsonElement[])[first, second]).Select(frame =>
            frame.GetProperty("messages")[0].GetProperty("serial").GetString()));
        Assert.Equal(serials.Last(), second.GetProperty("channelSerial").GetString());
        var message = first.GetProperty("messages")[0];
        Assert.Equal(("a", "x", "yui", $"{client.Id}:7:0"), (message.GetProperty("name").GetString(),
            message.GetProperty("data").GetString(),
            message.GetProperty("clientId").GetString(), message.GetProperty("id").GetString()));
        Assert.Equal(client.Id, first.GetProperty("connectionId").GetString());
        Assert.False(second.GetProperty("messages")[0].TryGetProperty("name", out _));
        Assert.Equal("""{"k":[1]}""", second.GetProperty("messages")[0].GetProperty("extras").GetRawText());
        Assert.InRange(first.GetProperty("timestamp").GetInt64(), DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() - 60_000, long.MaxValue);
    }

    [Fact]
    public async Task M2_SentAgainAfterAResume_IsPublishedOnce_AndAcknowledgedAgain()
    {
        await using var server = await AblyServer.StartAsync();
        await using var client = await server.ConnectAsync();
        await client.AttachAsync("tea");
        await client.PublishAsync("tea", """{"data":"x"}""", 3);
        await client.ExpectAsync(ProtocolAction.Message);
        var ack = await client.ExpectAsync(ProtocolAction.Ack);
        client.Abort();

        await using var again = await server.ConnectAsync($"resume={client.Key}");
        await again.PublishAsync("tea", """{"data":"x"}""", 3);

        Assert.Equal(ack.GetRawText(), (await again.ExpectAsync(ProtocolAction.Ack)).GetRawText());
        Assert.Equal(1, server.Hub.FindRoom("tea")!.Offset);
    }

    [Fact]
    public async Task M2_IdsOfItsOwn_CountWhoeverSendsThem_AndForOneContent()
    {
        await using var server = await AblyServer.StartAsync();
        await using var one = await server.ConnectAsync();
        await using var other = await server.ConnectAsync();
        await one.PublishAsync("tea", """{"data":"x","id":"abc:0"}""");
        await one.ExpectAsync(ProtocolAction.Ack);
        await other.PublishAsync("tea", """{"data":"x","id":"abc:0"}""");
        await other.ExpectAsync(ProtocolAction.Ack);
        await other.PublishAsync("tea", """{"data":"y","id":"abc:0"}""");
        Assert.Equal(40031, await other.ExpectErrorAsync(ProtocolAction.Nack));
        var longId = new string('i', 100);
        for (var i = 0; i < 2; i++)
        {
            await one.PublishAsync("tea", $$"""{"data":"z","id":"{{longId}}"}""");
            await one.ExpectAsync(ProtocolAction.Ack);
        }

        var kept = (await server.GetAsync("channels/tea/messages")).Json.EnumerateArray().Select(message =>
            message.GetProperty("id").GetString());
        Assert.Equal([longId, "abc:0"], kept);
    }

    [Theory]
    [InlineData("clientId=yui", """{"data":"x","clientId":"ren"}""", 40012)]
    [InlineData("clientId=yui", """{"data":"x","clientId":"*"}""", 40012)]
    [InlineData("", """{"data":"x","clientId":""}""", 40012)]
    [InlineData("", """{"data":5}""", 40013)]
    [InlineData("", """{"data":"%","encoding":"base64"}""", 40013)]
    [InlineData("", """7""", 40000)]
    public async Task A9_WhoSpeaksAsAnother_OrSaysNothingThatCanBe_GetsANack_AndNothingIsPublished(string query, string message, int code)
    {
        await using var server = await AblyServer.StartAsync();
        await using var client = await server.ConnectAsync(query);
        await client.AttachAsync("tea");

        await client.SendAsync($$"""{"action":15,"channel":"tea","msgSerial":0,"messages":[{"data":"good"},{{message}}]}""");

        Assert.Equal(code, await client.ExpectErrorAsync(ProtocolAction.Nack));
        Assert.Equal(0, server.Hub.FindRoom("tea")!.Offset);
    }

    [Fact]
    public async Task M3_TooMuch_IsRefused()
    {
        await using var server = await AblyServer.StartAsync(options => options.MaxMessageSize = 100);
        await using var client = await server.ConnectAsync();

        await client.PublishAsync("tea", $$"""{"data":"{{new string('x', 60)}}"},{"data":"{{new string('x', 60)}}"}""");
        Assert.Equal(40009, await client.ExpectErrorAsync(ProtocolAction.Nack));
        await client.SendAsync("""{"action":15,"channel":"tea","params":{"_forceNack":"true"},"messages":[{"data":"x"}]}""");
        Assert.Equal(40099, await client.ExpectErrorAsync(ProtocolAction.Nack));
        Assert.Equal(400, (await server.PostAsync("channels/tea/messages", $$"""{"data":"{{new string('x', 101)}}"}""")).Status);
    }

    [Theory]
    [InlineData(WireFormat.Json)]
    [InlineData(WireFormat.MessagePack)]
    internal async Task R3_DataOfEveryKind_ArriveAsTheyWereSent(WireFormat format)
    {
        await using var server = await AblyServer.StartAsync();
        await using var client = await server.ConnectAsync("echo=false");
        await using var reader = await server.ConnectAsync(format: format);
        await reader.AttachAsync("tea");
        foreach (var sent in (string[])["""{"name":"a","data":"text"}""",
            """{"name":"a","data":"{\"k\":[1,\"\\u00e9\"]}","encoding":"json"}""",
            """{"name":"a","data":"AQID","encoding":"base64"}""",
                """{"name":"a","data":"AQID","encoding":"utf-8/cipher+aes-128-cbc/base64"}""",
            """{"data":"[1]","encoding":"json"}""", """{"name":"a"}""", """{"name":"a","data":"no json","encoding":"json"}""",
                """{"name":"a","data":""}"""])
        {
            await client.PublishAsync("tea", sent);
            await client.ExpectAsync(ProtocolAction.Ack);
            var told = await reader.ExpectOneAsync(ProtocolAction.Message);
            var wanted = JsonElement.Parse(sent);
            foreach (var member in (string[])["name", "data", "encoding"])
            {
                string? Of(JsonElement message) => message.TryGetProperty(member, out var value) ? value.GetString() : null;
                // Bytes are bytes where the format has them: here as JSON tells them.
                var isBytes = format == WireFormat.MessagePack && Of(wanted)?.EndsWith("base64", StringComparison.Ordinal) == true;
                if (!isBytes) Assert.Equal(Of(wanted), Of(told));
                else Assert.Equal(Of(wanted) == "base64" ? null : Of(wanted)![..^7], Of(told));
            }
        }
    }

    [Fact]
    public async Task R6_OnesOwn_ComeUnlessOneAsksForNoEcho()
    {
        await using var server = await AblyServer.StartAsync();
        await using var client = await server.ConnectAsync("echo=false");
        await client.AttachAsync("tea");
        await client.PublishAsync("tea", """{"data":"mine"}""");
        await client.ExpectAsync(ProtocolAction.Ack);
        await client.ExpectNothingAsync();
        client.Abort();

        // Nor of what is kept.
        await using var again = await server.ConnectAsync($"echo=false&resume={client.Key}");
        await again.AttachAsync("tea", ""","params":{"rewind":"10"}""");
        await again.ExpectNothingAsync();
    }

    [Fact]
    public async Task R4_OtherDoors_HearAndAreHeard_AndSeeNothingOfWhatIsAblys()
    {
        await using var server = await AblyServer.StartAsync();
        await using var client = await server.ConnectAsync("clientId=yui&echo=false");
        await client.AttachAsync("tea");
        await using var raw = await RawDoorClient.ConnectAsync(server.Url, "tea");

        await client.PublishAsync("tea", """{"data":"hello","extras":{"secret":1}}""");
        Assert.Equal("hello", await raw.ReadAsync());
        await client.ExpectAsync(ProtocolAction.Ack);
        server.Hub.FindRoom("tea")!.Send("move", Payload.Arguments("[1,2]"u8.ToArray()));
        var moved = await client.ExpectOneAsync(ProtocolAction.Message);
        Assert.Equal(("move", "[1,2]", "json"), (moved.GetProperty("name").GetString(), moved.GetProperty("data").GetString(),
            moved.GetProperty("encoding").GetString()));
        var listed = await server.SendAsync(HttpMethod.Get, "api/rooms/tea/messages", null, null);
        Assert.DoesNotContain("secret", listed.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ephemeral_IsForThoseWhoAreThere()
    {
        await using var server = await AblyServer.StartAsync();
        await using var client = await server.ConnectAsync();
        await client.AttachAsync("tea");

        await client.PublishAsync("tea", """{"name":"typing","extras":{"ephemeral":true}}""");

        Assert.Equal("typing", (await client.ExpectOneAsync(ProtocolAction.Message)).GetProperty("name").GetString());
        await client.ExpectAsync(ProtocolAction.Ack);
        Assert.Equal(0, server.Hub.FindRoom("tea")!.Offset);
    }

    [Fact]
    public async Task Rules_OfTheRoom_HoldForWhoSpeaksFromOutside()
    {
        await using var server = await AblyServer.StartAsync(hub: options => options.Rules.OnlyRooms("coffee").RateLimit(1,
            TimeSpan.FromHours(1)));
        await using var client = await server.ConnectAsync();

        await client.PublishAsync("tea", """{"data":"x"}""");
        Assert.Equal(40160, await client.ExpectErrorAsync(ProtocolAction.Nack));
        await client.PublishAsync("coffee", """{"data":"x"}""");
        await client.ExpectAsync(ProtocolAction.Ack);
        await client.PublishAsync("coffee", """{"data":"x"}""");
        Assert.Equal(40300, await client.ExpectErrorAsync(ProtocolAction.Nack));
        Assert.Equal(40160, (await server.PostAsync("channels/tea/messages", """{"data":"x"}""")).Code);
    }

    [Theory]
    [InlineData("99")]
    [InlineData("-1")]
    [InlineData("4294967297")]
    public async Task M1_UnknownAction_IsRefused(string action)
    {
        await using var server = await AblyServer.StartAsync();
        var serial = (await server.PostAsync("channels/tea/messages", """{"data":"x"}""")).Json.GetProperty("serials")[0].GetString();
        await using var client = await server.ConnectAsync();

        await client.PublishAsync("tea", $$"""{"action":{{action}},"serial":"{{serial}}","data":"y"}""");

        Assert.Equal(40000, await client.ExpectErrorAsync(ProtocolAction.Nack));
    }
}
