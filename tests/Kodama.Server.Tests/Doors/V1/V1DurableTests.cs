using Kodama.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Kodama.Server.Tests;

/// <summary>Answers where an engine must keep something first.</summary>
public sealed class V1DurableTests
{
    [Fact]
    public async Task Answer_OfAPublish_WaitsForTheCommitAndHoldsUpNothing()
    {
        var engine = new ManualEngine();
        await using var hub = await StartAsync(engine);
        await using var yui = await V1Client.JoinAsync(hub);
        await using var ren = await V1Client.JoinAsync(hub, name: "Ren");

        var publish = await yui.BeginAsync(new { type = "publish", room = "lounge", text = "kept", id = "a" });
        var set = await yui.BeginAsync(new { type = "set", room = "lounge", key = "k", text = "v" });
        await yui.DoAsync(new { type = "ping" });
        Assert.Empty(await ren.DrainAsync());
        engine.Keep();

        Assert.Equal("manual:1", (await yui.AnswerAsync(publish)).GetProperty("position").GetString());
        Assert.Equal("manual:2", (await yui.AnswerAsync(set)).GetProperty("position").GetString());
        var heard = await ren.NextAsync();
        Assert.Equal((1, "kept"), (heard.Offset, heard["text"]));
    }

    [Fact]
    public async Task Answers_OfWhatIsKept_ComeInTheOrderOfTheRequests()
    {
        var engine = new ManualEngine();
        await using var hub = await StartAsync(engine);
        await using var yui = await V1Client.JoinAsync(hub);
        await yui.DoAsync(new { type = "join", room = "garden" });
        var requests = new List<long>();
        for (var i = 0; i < 3; i++)
        {
            requests.Add(await yui.BeginAsync(new { type = "publish", room = "lounge", text = "x" }));
            requests.Add(await yui.BeginAsync(new { type = "publish", room = "garden", text = "y" }));
        }
        await yui.DoAsync(new { type = "ping" });

        engine["garden"].Keep();
        await yui.DoAsync(new { type = "ping" });
        engine["lounge"].Keep();

        var answered = new List<long>();
        while (answered.Count < requests.Count)
        {
            if ((await yui.ReceiveAsync()).Json is var frame && frame.GetProperty("type").GetString() == "ok")
                answered.Add(frame.GetProperty("n").GetInt64());
        }
        Assert.Equal(requests, answered);
    }

    [Fact]
    public async Task Answer_OfADuplicate_WaitsForTheFirst()
    {
        var engine = new ManualEngine();
        await using var hub = await StartAsync(engine);
        await using var yui = await V1Client.JoinAsync(hub);

        var first = await yui.BeginAsync(new { type = "publish", room = "lounge", text = "x", id = "a" });
        var second = await yui.BeginAsync(new { type = "publish", room = "lounge", text = "x", id = "a" });
        await yui.DoAsync(new { type = "ping" });
        Assert.Equal(1, engine.Waiting);
        engine.Keep();

        Assert.False((await yui.AnswerAsync(first)).TryGetProperty("duplicate", out _));
        var answer = await yui.AnswerAsync(second);
        Assert.Equal(("manual:1", true), (answer.GetProperty("position").GetString(), answer.GetProperty("duplicate").GetBoolean()));
    }

    [Fact]
    public async Task Answer_OfWhatCouldNotBeKept_IsAnErrorAndLaterOnesWaitForIt()
    {
        var engine = new ManualEngine();
        await using var hub = await StartAsync(engine);
        await using var yui = await V1Client.JoinAsync(hub);

        var publish = await yui.BeginAsync(new { type = "publish", room = "lounge", text = "x", id = "a" });
        await yui.DoAsync(new { type = "ping" });
        engine.Fail();
        var error = await yui.AnswerAsync(publish);

        Assert.Equal(("NOT_KEPT", "The disk is full."), (error.GetProperty("code").GetString(), error.GetProperty("text").GetString()));
        Assert.Equal("NOT_IN_ORDER", await yui.FailAsync(new { type = "publish", room = "lounge", text = "y", id = "b" }));
    }

    [Fact]
    public async Task Room_ThatCannotBeOpened_IsUnavailableAndTheOthersAreNot()
    {
        await using var hub = await StartAsync(new ManualEngine { Damaged = "broken" });
        await using var yui = await V1Client.JoinAsync(hub);

        Assert.Equal("UNAVAILABLE", await yui.FailAsync(new { type = "join", room = "broken" }));
        await yui.DoAsync(new { type = "ping" });
        Assert.Single(hub.Log.Entries, entry => entry.Exception is EngineException);
    }

    private static Task<TestHub> StartAsync(IEngine engine) => TestHub.StartAsync(configure: builder => builder.Services.AddSingleton(
        services => new Hub(
            services.GetRequiredService<KodamaOptions>(), logger: services.GetRequiredService<ILogger<Hub>>(), engine: engine)));
}
