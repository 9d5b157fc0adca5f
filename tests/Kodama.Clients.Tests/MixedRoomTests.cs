using System.Globalization;
using Kodama.Client;
using Kodama.Clients.Tests.Browsers;
using Kodama.Clients.Tests.Hubs;
using Kodama.Clients.Tests.Processes;

namespace Kodama.Clients.Tests;

/// <summary>Clients of both doors in one room of <c>kodama serve</c>: a browser's WebSocket, socket.io-client, KodamaClient and
/// ws.</summary>
public sealed class MixedRoomTests(Chromium chromium)
{
    private const string Room = "square";
    private const int Each = 50;
    private const int All = 5 * Each;

    // Keeps what it hears, and speaks when it is told.
    private const string Join = """
        url => new Promise((resolve, reject) => {
          window.heard = [];
          window.socket = new WebSocket(url);
          socket.onmessage = event => heard.push(event.data);
          socket.onopen = () => resolve();
          socket.onerror = () => reject(new Error("refused"));
        })
        """;

    private const string Say = "([prefix, count]) => { for (let n = 0; n < count; n++) socket.send(prefix + n); }";

    [Fact]
    public async Task Room_OfRawAndSocketIOClientsTalkingAtOnce_HasOneOrderForAll()
    {
        await using var hub = await RunningHub.StartAsync();
        await using var watch = await hub.WatchAsync(Room);
        await using var visitor = await Visitor.OpenAsync(chromium, hub.Url);
        await visitor.Page.EvaluateAsync(Join, hub.Room(Room, "name=browser").ToString()).WithDeadline();
        await using var polling = await ScriptedClient.JoinSocketIOAsync(hub.SocketIO("name=polling"), Room, "polling");
        await using var upgraded = await ScriptedClient.JoinSocketIOAsync(hub.SocketIO("name=upgraded"), Room, "polling", "websocket");
        await using var ws = await ScriptedClient.JoinNodeAsync(hub.Room(Room, "name=ws"));
        var options = new KodamaClientOptions { Room = Room, Details = { ["name"] = "dotnet" } };
        await using var dotnet = await KodamaClient.ConnectAsync(hub.Url.ToString(), options).WithDeadline();
        await watch.UntilHereAsync("browser", "polling", "upgraded", "ws", "dotnet");

        var heardByPolling = HearAsync(polling);
        var heardByUpgraded = HearAsync(upgraded);
        var heardByWs = HearAsync(ws);
        var heardByDotnet = HearAsync(dotnet);
        await Task.WhenAll(
            visitor.Page.EvaluateAsync(Say, new object[] { "browser ", Each }),
            polling.DoAsync(new { command = "burst", prefix = "polling ", count = Each }),
            upgraded.DoAsync(new { command = "burst", prefix = "upgraded ", count = Each }),
            ws.DoAsync(new { command = "burst", prefix = "ws ", count = Each }),
            SayAsync(dotnet, "dotnet "));

        var order = await watch.UntilSaidAsync(All);
        foreach (var speaker in new[] { "browser ", "polling ", "upgraded ", "ws ", "dotnet " })
        {
            Assert.Equal(
                Enumerable.Range(0, Each).Select(n => speaker + n),
                order.Where(text => text.StartsWith(speaker, StringComparison.Ordinal)));
        }
        Assert.Equal(AllBut("polling ", order), await heardByPolling);
        Assert.Equal(AllBut("upgraded ", order), await heardByUpgraded);
        Assert.Equal(AllBut("ws ", order), await heardByWs);
        Assert.Equal(AllBut("dotnet ", order), await heardByDotnet.WithDeadline());
        await visitor.Page.WaitForFunctionAsync("count => heard.length >= count", All - Each);
        Assert.Equal(AllBut("browser ", order), await visitor.Page.EvaluateAsync<string[]>("() => heard"));
    }

    [Fact]
    public async Task Binary_BetweenTheDoors_StaysBinary()
    {
        await using var hub = await RunningHub.StartAsync();
        await using var socketIO = await ScriptedClient.JoinSocketIOAsync(hub.SocketIO(), Room, "websocket");
        await using var ws = await ScriptedClient.JoinNodeAsync(hub.Room(Room));
        var picture = Convert.ToBase64String([0, 1, 254, 255]);

        await socketIO.DoAsync(new { command = "send", base64 = picture });
        Assert.Equal(picture, (await ws.ExpectAsync("binary")).Base64);

        await ws.DoAsync(new { command = "send", base64 = picture });
        Assert.Equal(picture, (await socketIO.ExpectAsync("binary")).Base64);
    }

    private static IEnumerable<string> AllBut(string speaker, IReadOnlyList<string> order) =>
        order.Where(text => !text.StartsWith(speaker, StringComparison.Ordinal));

    private static async Task<IReadOnlyList<string>> HearAsync(ScriptedClient client)
    {
        var heard = new List<string>();
        while (heard.Count < All - Each) heard.Add(await client.ReceiveTextAsync());
        return heard;
    }

    private static async Task<IReadOnlyList<string>> HearAsync(KodamaClient client)
    {
        var heard = new List<string>();
        await foreach (var message in client.Messages)
        {
            heard.Add(message.Text);
            if (heard.Count == All - Each) break;
        }
        return heard;
    }

    private static async Task SayAsync(KodamaClient client, string prefix)
    {
        for (var n = 0; n < Each; n++) await client.SendAsync(prefix + n.ToString(CultureInfo.InvariantCulture));
    }
}
