using Microsoft.Extensions.DependencyInjection;

namespace Kodama.Ably.Tests;

/// <summary>With rooms that outlive the hub.</summary>
public sealed class DurableTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("kodama-ably");

    public void Dispose() => folder.Delete(recursive: true);

    [Fact]
    public async Task M1_WhatWasAcknowledged_IsThereAfterARestart_AsItWasSaid()
    {
        string serial, edit, key, token, id;
        await using (var server = await StartAsync())
        {
            token = await server.TokenAsync("""{"clientId":"yui"}""");
            await using var client = await server.ConnectAsync("clientId=yui");
            await client.AttachAsync("tea");
            await client.PublishAsync("tea", """{"name":"a","data":"one","extras":{"k":1}}""", 0);
            var frame = await client.ExpectAsync(ProtocolAction.Message);
            (serial, id, key) = (frame.GetProperty("channelSerial").GetString()!, client.Id, client.Key);
            Assert.Equal(serial, Serials(await client.ExpectAsync(ProtocolAction.Ack))[0].GetString());
            await client.PublishAsync("tea", $$"""{"action":5,"serial":"{{serial}}","data":" two"}""", 1);
            // Live as with any engine: what is new alone.
            Assert.Equal(" two", (await client.ExpectOneAsync(ProtocolAction.Message)).GetProperty("data").GetString());
            edit = Serials(await client.ExpectAsync(ProtocolAction.Ack))[0].GetString()!;
        }

        await using var again = await StartAsync();
        await using var resumed = await again.ConnectAsync($"access_token={token}&clientId=yui&resume={key}");
        var attached = await resumed.AttachAsync("tea", $",\"channelSerial\":\"{serial}\"");
        var message = (await again.GetAsync("channels/tea/messages")).Json[0];

        Assert.Equal(id, resumed.Id);
        Assert.NotEqual(0, attached.GetProperty("flags").GetInt32() & (int)Flags.Resumed);
        var replayed = await resumed.ExpectOneAsync(ProtocolAction.Message);
        Assert.Equal(("one two", edit), (replayed.GetProperty("data").GetString(),
            replayed.GetProperty("version").GetProperty("serial").GetString()));
        Assert.Equal((serial, "one two", """{"k":1}""", "yui"), (message.GetProperty("serial").GetString(),
            message.GetProperty("data").GetString(),
            message.GetProperty("extras").GetRawText(), message.GetProperty("clientId").GetString()));
        // Sent again, as its acknowledgement may not have come.
        await resumed.PublishAsync("tea", """{"name":"a","data":"one","extras":{"k":1}}""", 0);
        Assert.Equal(serial, Serials(await resumed.ExpectAsync(ProtocolAction.Ack))[0].GetString());
        Assert.Equal(2, again.Hub.FindRoom("tea")!.Offset);
    }

    [Fact]
    public async Task M1_Acks_ComeInOrder_WhateverTheEngineTakes()
    {
        await using var server = await StartAsync();
        await using var client = await server.ConnectAsync();

        for (var i = 0; i < 50; i++)
        {
            await client.PublishAsync($"c{i % 3}", i % 10 == 9 ? """{"data":5}""" : """{"data":"x"}""", i);
        }

        for (var i = 0; i < 50; i++)
        {
            var answer = await client.ExpectAsync(i % 10 == 9 ? ProtocolAction.Nack : ProtocolAction.Ack);
            Assert.Equal(i, answer.GetProperty("msgSerial").GetInt32());
        }
    }

    private static System.Text.Json.JsonElement Serials(System.Text.Json.JsonElement ack) =>
        ack.GetProperty("res")[0].GetProperty("serials");

    private Task<AblyServer> StartAsync() => AblyServer.StartAsync(services: services => services.UseSqlite(folder.FullName));
}
