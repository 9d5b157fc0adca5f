using Kodama.Clients.Tests.Hubs;
using Kodama.Clients.Tests.Processes;

namespace Kodama.Clients.Tests;

/// <summary>The sample client of kodama.v1 in Python.</summary>
public sealed class PythonKodamaTests(SharedHub shared) : IClassFixture<SharedHub>
{
    private const int Messages = 100;

    private readonly string room = Guid.NewGuid().ToString();

    [Fact]
    public async Task Clients_ThatAreCutAgainAndAgain_HearEverythingOnceAndInOrder()
    {
        await using var yui = await JoinAsync("yui");
        await using var ren = await JoinAsync("ren");

        await yui.DoAsync(new { command = "publish", prefix = "yui ", count = Messages });
        await ren.DoAsync(new { command = "publish", prefix = "ren ", count = Messages });
        var heard = new List<ClientEvent>();
        var isPublished = false;
        while (!isPublished || Own(heard, "yui ") < Messages)
        {
            var happened = await ren.NextAsync();
            if (happened.Event == "published") isPublished = true;
            else if (happened.Event == "message") heard.Add(happened);
            else Assert.Fail($"It said {happened.Event} {happened.Text}");
            if (heard.Count % 20 != 19) continue;
            await ren.DoAsync(new { command = "cut" });
            if (heard.Count % 40 == 39) await yui.DoAsync(new { command = "cut" });
        }

        Assert.Equal(heard.Select(happened => happened.Offset).Distinct().Order(), heard.Select(happened => happened.Offset));
        Assert.Equal(
            Enumerable.Range(0, Messages).Select(i => $"yui {i}"),
            heard.Select(happened => happened.Text).Where(text => text!.StartsWith("yui ", StringComparison.Ordinal)));
        await using var late = await JoinAsync("late");
        await late.DoAsync(new { command = "history" });
        Assert.Equal($"{2 * Messages}", (await late.ExpectAsync("history")).Text);
    }

    [Fact]
    public async Task MembersAndState_OverACut_AreWholeAndNobodyIsToldOfIt()
    {
        await using var yui = await JoinAsync("yui");
        await using var ren = await JoinAsync("ren");
        await ren.DoAsync(new { command = "enter", text = "here" });
        await ren.DoAsync(new { command = "set", key = "topic", text = "echoes" });
        Assert.Equal("enter", (await yui.ExpectAsync("presence")).Action);
        Assert.Equal("topic", (await yui.ExpectAsync("state")).Key);
        await ren.ExpectAsync("presence");
        await ren.ExpectAsync("state");

        await ren.DoAsync(new { command = "cut" });
        await ren.DoAsync(new { command = "binary", base64 = "AAEC" });

        Assert.Equal("AAEC", (await yui.ExpectAsync("message")).Base64);
        await ren.DoAsync(new { command = "lists" });
        var told = await ren.NextAsync();
        // Said on the connection that was cut, and then replayed: own messages are, on a busy machine.
        if (told is { Event: "message", Base64: "AAEC" }) told = await ren.NextAsync();
        Assert.Equal(("lists", "['here'] ['topic']"), (told.Event, told.Text));
        await ren.DoAsync(new { command = "leave" });
        await ren.ExpectAsync("left");
        Assert.Equal("leave", (await yui.ExpectAsync("presence")).Action);
    }

    [Fact]
    public async Task DirectMessage_ToASession_ArrivesAndOneToNobodyIsRefused()
    {
        await using var yui = await OpenAsync("yui");
        await using var ren = await OpenAsync("ren");
        await JoinAsync(yui.Client);
        await JoinAsync(ren.Client);

        await yui.Client.DoAsync(new { command = "send", to = ren.Session, text = "psst" });
        Assert.Equal("psst", (await ren.Client.ExpectAsync("direct")).Text);
        await yui.Client.DoAsync(new { command = "send", to = "nobody", text = "psst" });

        Assert.Equal("PEER_GONE", (await yui.Client.ExpectAsync("refused")).Text);
    }

    [Fact]
    public void Sample_IsAsShortAsTheSpecificationSays() =>
        Assert.InRange(File.ReadLines(Path.Combine(Repository.Root, "samples", "PythonClient", "kodama.py")).Count(), 1, 200);

    private static int Own(IEnumerable<ClientEvent> heard, string prefix) =>
        heard.Count(happened => happened.Text!.StartsWith(prefix, StringComparison.Ordinal));

    private async Task<ScriptedClient> JoinAsync(string name)
    {
        var opened = await OpenAsync(name);
        await JoinAsync(opened.Client);
        return opened.Client;
    }

    private async Task JoinAsync(ScriptedClient client)
    {
        await client.DoAsync(new { command = "join", room });
        await client.ExpectAsync("joined");
    }

    private async Task<OpenClient> OpenAsync(string name)
    {
        var client = ScriptedClient.StartPythonKodama();
        await client.DoAsync(
            new { command = "connect", url = new UriBuilder(shared.Hub.Url) { Scheme = "ws", Path = "/ws", Query = $"name={name}" }.Uri });
        return new OpenClient(client, (await client.ExpectAsync("open")).Text!);
    }

    private sealed record OpenClient(ScriptedClient Client, string Session) : IAsyncDisposable
    {
        public ValueTask DisposeAsync() => Client.DisposeAsync();
    }
}
