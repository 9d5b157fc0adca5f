using System.Net.WebSockets;
using System.Text;

namespace Kodama.Ably.Tests;

/// <summary>What the door does with clients that are no SDKs.</summary>
public sealed class HostileTests
{
    private const int Seeds = 40;

    // Of each a hub must make something: what clients say, cut, changed and joined.
    private static readonly string[] Frames =
    [
        """{"action":10,"channel":"tea","flags":983040,"params":{"rewind":"5","occupancy":"metrics"}}""",
        """{"action":15,"channel":"tea","msgSerial":1,"messages":[{"name":"a","data":"[1,2]","encoding":"json"},{"data":"x"}]}""",
        """{"action":14,"channel":"tea","msgSerial":2,"presence":[{"action":2,"clientId":"yui","data":"{}","encoding":"json"}]}""",
        """{"action":21,"channel":"tea","msgSerial":3,"annotations":[{"messageSerial":"x","type":"r:total.v1"}]}""",
        """{"action":16,"channel":"tea"}""", """{"action":12,"channel":"tea"}""", """{"action":17,"auth":{"accessToken":"a.b.c"}}""",
        """{"action":15,"channel":"[meta]log","msgSerial":-9223372036854775808,"messages":{}}""", """{"action":1e400}""", "[]", "\"\"",
    ];

    [Theory]
    [InlineData(WireFormat.Json)]
    [InlineData(WireFormat.MessagePack)]
    internal async Task Frames_OfAnyContent_EndTheirConnectionAtMost(WireFormat format)
    {
        await using var server = await AblyServer.StartAsync();
        await using var witness = await server.ConnectAsync();
        await witness.AttachAsync("calm");
        for (var seed = 0; seed < Seeds; seed++)
        {
            var random = new Random(seed);
            await using var client = await server.ConnectAsync(format: format);
            try
            {
                for (var i = 0; i < 20; i++)
                {
                    var type = format == WireFormat.Json ? WebSocketMessageType.Text : WebSocketMessageType.Binary;
                    await client.SendBytesAsync(Broken(random, format), type);
                }
            }
            catch (WebSocketException)
            {
                // It was put out.
            }
            client.Abort();
        }

        await witness.PublishAsync("calm", """{"data":"still here"}""");
        Assert.Equal("still here", (await witness.ExpectOneAsync(ProtocolAction.Message)).GetProperty("data").GetString());
    }

    [Fact]
    public async Task Nodes_AreCounted_BeforeTheyTakeMemory()
    {
        await using var server = await AblyServer.StartAsync();
        await using var client = await server.ConnectAsync();
        var many = string.Join(',', Enumerable.Repeat("{}", 200_000));

        await client.SendBytesAsync(
            Encoding.UTF8.GetBytes($$"""{"action":15,"channel":"a","messages":[{{many}}]}"""), WebSocketMessageType.Text);

        Assert.Equal(40000, await client.ExpectErrorAsync(ProtocolAction.Error));
    }

    [Theory]
    [InlineData(WireFormat.Json)]
    [InlineData(WireFormat.MessagePack)]
    internal async Task Frames_BeyondTheBound_AreToldOf_BeforeTheClose(WireFormat format)
    {
        await using var server = await AblyServer.StartAsync(hub: options => options.MaxMessageSize = 4096);
        await using var client = await server.ConnectAsync(format: format);
        Assert.Equal(4096, client.Connected.GetProperty("connectionDetails").GetProperty("maxFrameSize").GetInt32());

        await client.PublishAsync("tea", """{"data":"goes before"}""");
        await client.PublishAsync("tea", $$"""{"data":"{{new string('x', 4096)}}"}""");

        await client.ExpectAsync(ProtocolAction.Ack);
        Assert.Equal(40009, await client.ExpectErrorAsync(ProtocolAction.Error));
        Assert.Null(await client.ReadAsync());
        Assert.Equal(1009, client.CloseCode);
    }

    [Theory]
    [InlineData("""{"action":2,"clientId":"a","extras":{"a":"LONG"}}""")]
    [InlineData("""{"action":3,"clientId":"a","extras":{"a":"LONG"}}""")]
    [InlineData("""{"action":2,"clientId":"a","data":"LONG"}""")]
    [InlineData("""{"action":3,"clientId":"a","data":"LONG"}""")]
    [InlineData("""{"action":2,"clientId":"a","data":"x","encoding":"LONG"}""")]
    public async Task Members_HaveLittle_AlsoWhenTheyLeave(string member)
    {
        await using var server = await AblyServer.StartAsync();
        await using var client = await server.ConnectAsync();
        await client.AttachAsync("tea");

        await client.PresenceAsync("tea", member.Replace("LONG", new string('x', 5000), StringComparison.Ordinal));

        Assert.Equal(40009, await client.ExpectErrorAsync(ProtocolAction.Nack));
    }

    [Fact]
    public async Task Channels_OfAConnection_AreBounded_HoweverManyItAsksFor()
    {
        await using var server = await AblyServer.StartAsync(options => options.MaxChannels = 10, hub => hub.MaxRoomsPerPeer = 10);
        await using var client = await server.ConnectAsync();
        const int Rounds = 100;
        const int OfRound = 1000;

        var attached = 0;
        for (var round = 0; round < Rounds; round++)
        {
            // As many as it reads, or it would be taken for too slow.
            for (var i = 0; i < OfRound; i++) await client.SendAsync($$"""{"action":10,"channel":"c{{round}}.{{i}}"}""");
            for (var i = 0; i < OfRound; i++)
            {
                if ((await client.ReadAsync())!.Value.GetProperty("action").GetInt32() == (int)ProtocolAction.Attached) attached++;
            }
        }

        Assert.Equal(10, attached);
        Assert.Equal(10, server.Hub.Rooms.Count);
    }

    [Fact]
    public async Task Attachments_ThatCameAndWent_LeaveNothingBehind()
    {
        await using var server = await AblyServer.StartAsync();
        await using var client = await server.ConnectAsync();
        const int Rounds = 1000;
        const int OfRound = 100;

        for (var round = 0; round < Rounds; round++)
        {
            for (var i = 0; i < OfRound; i++) await client.SendAsync($$"""{"action":10,"channel":"c{{i % 50}}"}""");
            for (var i = 0; i < 50; i++) await client.SendAsync($$"""{"action":12,"channel":"c{{i}}"}""");
            for (var i = 0; i < OfRound; i++) await client.ExpectAsync(ProtocolAction.Attached);
            for (var i = 0; i < 50; i++) await client.ExpectAsync(ProtocolAction.Detached);
        }

        Assert.Empty(Assert.Single(server.Hub.Peers).Rooms);
        Assert.Empty(server.Hub.Rooms);
    }

    [Fact]
    public async Task Members_AskedForAgainAndAgain_ByWhoReadsNothing_EndItsConnection()
    {
        await using var server = await AblyServer.StartAsync();
        await using var client = await server.ConnectAsync();
        await client.AttachAsync("tea");
        var data = new string('x', 4000);
        for (var i = 0; i < 20; i++)
        {
            await client.PresenceAsync("tea", $$"""{"action":2,"clientId":"c{{i}}","data":"{{data}}"}""");
            await client.ExpectAsync(ProtocolAction.Presence);
            await client.ExpectAsync(ProtocolAction.Ack);
        }
        await using var idle = await server.ConnectAsync();
        await idle.AttachAsync("tea");

        for (var i = 0; i < 1000 && server.Hub.FindPeer(idle.Id) is not null; i++)
        {
            try
            {
                await idle.SendAsync("""{"action":16,"channel":"tea"}""");
            }
            catch (System.Net.WebSockets.WebSocketException)
            {
                break;
            }
        }

        await Deadline.UntilAsync(() => server.Hub.FindPeer(idle.Id) is null);
        await client.ExpectNothingAsync();
    }

    [Fact]
    public async Task SignedRequests_WhoseFieldsHaveLineBreaks_AreRefused()
    {
        await using var server = await AblyServer.StartAsync();
        // A backend that signs any clientId would else sign a capability and another clientId with it.
        var signed = AblyServer.Sign("0123456789abcdef", DateTimeOffset.UtcNow.ToUnixTimeMilliseconds(), clientId: "{}\nadmin");

        var answer = await server.SendAsync(HttpMethod.Post, $"keys/{AblyServer.KeyName}/requestToken", signed, null);

        Assert.Equal(40000, answer.Code);
    }

    [Fact]
    public async Task Annotations_OfAMessage_AreBounded()
    {
        await using var server = await AblyServer.StartAsync(hub: hub => hub.Log.Messages = 5000);
        var said = await server.PostAsync("channels/tea/messages", """{"data":"x"}""");
        var serial = said.Json.GetProperty("serials")[0].GetString()!;
        var path = $"channels/tea/messages/{serial}/annotations";
        var hundred = $"[{string.Join(',', Enumerable.Repeat("""{"type":"r:total.v1"}""", 100))}]"
            .Replace("\"type\"", $"\"messageSerial\":\"{serial}\",\"type\"", StringComparison.Ordinal);

        for (var i = 0; i < RoomEdits.MostOfMessage / 100; i++) Assert.Equal(201, (await server.PostAsync(path, hundred)).Status);

        Assert.Equal(40009, (await server.PostAsync(path, hundred)).Code);
        Assert.Contains("\"total\":1000", (await server.GetAsync("channels/tea/messages?limit=1&direction=forwards")).Body,
            StringComparison.Ordinal);
    }

    private static byte[] Broken(Random random, WireFormat format)
    {
        var bytes = Encoding.UTF8.GetBytes(Frames[random.Next(Frames.Length)]);
        if (format == WireFormat.MessagePack && WireDocument.Read(bytes, WireFormat.Json) is { })
        {
            using var packed = WireWriter.Rent(format);
            bytes = packed.Json(bytes).Written.ToArray();
        }
        switch (random.Next(4))
        {
            case 0:
                break;
            case 1:
                Array.Resize(ref bytes, random.Next(bytes.Length + 8));
                break;
            case 2:
                for (var i = random.Next(1, 6); i > 0 && bytes.Length > 0; i--) bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
                break;
            default:
                random.NextBytes(bytes);
                break;
        }
        // Else the socket itself refuses it.
        return format == WireFormat.Json ? Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(bytes)) : bytes;
    }
}
