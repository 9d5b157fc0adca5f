using System.Collections.Concurrent;

namespace Kodama.SocketIO.Tests;

/// <summary>The hub's filters, where events go to handlers.</summary>
public class FilterTests
{
    [Fact]
    public async Task Event_ThatAFilterDrops_ReachesNoHandler()
    {
        using var server = new TestServer(rules: new HubRules().BanWords(["pest"]));
        server.IO.OnConnection(socket => { socket.On<string, string>("say", Task.FromResult); });
        var client = await server.ComeAsync();

        await client.EmitAsync("""["say","you pest"]""", 1);
        await client.EmitAsync("""["say","you friend"]""", 2);

        Assert.Equal("""32["you friend"]""", await client.ReadAsync());
        Assert.Empty(client.Session.ReadAll());
        Assert.Equal(1, server.Hub.Counts.Dropped);
    }

    [Theory]
    [InlineData("message", """["pest"]""", """["****"]""")]
    [InlineData("say", """["you pest",{"to":"pest"}]""", """["you ****",{"to":"****"}]""")]
    [InlineData("message", """[ "a friend\\/" ]""", """[ "a friend\\/" ]""")]
    public async Task Event_ThatAFilterReplaces_IsWhatHandlersSee(string name, string arguments, string seen)
    {
        using var server = new TestServer(rules: new HubRules().BanWords(["pest"], BannedWordAction.Replace));
        var got = new ConcurrentQueue<string>();
        server.IO.OnConnection(socket =>
        {
            socket.On(name, e =>
            {
                got.Enqueue(System.Text.Encoding.UTF8.GetString(e.Arguments.Span));
                e.Ack();
            });
        });
        var client = await server.ComeAsync();

        await client.EmitAsync($"[\"{name}\",{arguments[1..]}", 3);

        Assert.Equal("33[]", await client.ReadAsync());
        Assert.Equal([seen], got);
    }

    [Fact]
    public async Task Filter_IsToldWhoSpeaksWhere()
    {
        var asked = new ConcurrentQueue<string>();
        var rules = new HubRules().Filter(message =>
        {
            asked.Enqueue($"{message.Sender!.Door} {message.Room!.Name} {message.Event} {message.Payload}");
            return true;
        }, "never");
        using var server = new TestServer(rules: rules);
        server.IO.Of("/game").OnConnection(socket => { socket.On("move", e => e.Ack()); });
        var client = await server.ComeAsync("/game");
        await client.Socket.JoinAsync("elsewhere");

        await client.EmitAsync("""["move",1]""", 1);

        Assert.Equal("3/game,1[]", await client.ReadAsync());
        Assert.Equal(["socket.io /game move [1]"], asked);
    }

    [Fact]
    public async Task Attachments_PassFiltersAsTheyCame()
    {
        using var server = new TestServer(rules: new HubRules().MaxMessageSize(100, 2));
        server.IO.OnConnection(socket => { socket.On("message", e => e.Ack(e.Attachments.Sum(a => a.Length))); });
        var client = await server.ComeAsync();

        foreach (var (ack, bytes) in new[] { (1, new byte[3]), (2, new byte[2]) })
        {
            await client.Session.SendAsync($$"""51-{{ack}}["message",{"_placeholder":true,"num":0}]""");
            await client.Session.SendAsync(bytes);
        }

        Assert.Equal("32[2]", await client.ReadAsync());
        Assert.Empty(client.Session.ReadAll());
    }
}
