using System.Collections.Concurrent;
using System.Text.RegularExpressions;

namespace Kodama.SocketIO.Tests;

/// <summary>Middleware and predicates that take their time hold up their own namespace, and nothing else of the connection.</summary>
public class SlowNamespaceTests
{
    private readonly TaskCompletionSource gate = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ConcurrentQueue<int> heard = new();
    private readonly ConcurrentQueue<string> came = new();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Namespace_WhoseMiddlewareRuns_HoldsUpNoOther(bool blocksItsThread)
    {
        using var server = Start(blocksItsThread);
        var client = await server.ComeAsync();

        var asking = client.Session.SendAsync("0/slow,");
        await client.EmitAsync("""["echo",1]""").Within();

        Assert.Equal("""2["echo",1]""", await client.ReadAsync());
        await asking.Within();
        gate.SetResult();
        Assert.StartsWith("0/slow,{", await client.ReadAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Namespace_WhosePredicateRuns_HoldsUpNoOther()
    {
        using var server = Start();
        server.IO.Of(async (_, _) =>
        {
            await gate.Task;
            return true;
        });
        var client = await server.ComeAsync();

        await client.Session.SendAsync("0/any,").Within();
        await client.EmitAsync("""["echo",1]""").Within();

        Assert.Equal("""2["echo",1]""", await client.ReadAsync());
        gate.SetResult();
        Assert.StartsWith("0/any,{", await client.ReadAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Packets_ForANamespaceWhoseMiddlewareRuns_WaitInOrder()
    {
        using var server = Start();
        var client = await server.ComeAsync();

        await client.Session.SendAsync("0/slow,", """2/slow,["hear",0]""", """51-/slow,["hear",1]""").Within();
        await client.Session.SendAsync([1]).Within();
        for (var i = 2; i < 10; i++) await client.Session.SendAsync($"""2/slow,["hear",{i}]""").Within();
        gate.SetResult();
        await client.ReadAsync();
        await client.Session.SendAsync("""2/slow,["hear",10]""").Within();

        await Deadline.UntilAsync(() => heard.Count == 11);
        Assert.Equal(Enumerable.Range(0, 11), heard);
    }

    [Fact]
    public async Task Packets_ForANamespaceWhoseMiddlewareRuns_AreBounded()
    {
        using var server = Start(configure: o => o.MaxPendingEvents = 4);
        var client = await server.ComeAsync();
        await client.Session.SendAsync("0/slow,").Within();

        var sending = Task.CompletedTask;
        var sent = 0;
        for (; sent < 10 && sending.IsCompleted; sent++) sending = client.Session.SendAsync($"""2/slow,["hear",{sent}]""");

        Assert.InRange(sent, 4, 5);
        Assert.False(sending.IsCompleted);
        gate.SetResult();
        await sending.Within();
        await Deadline.UntilAsync(() => heard.Count == sent);
    }

    [Fact]
    public async Task Session_ThatEndsWhileTooMuchWaitsForMiddleware_LetsGo()
    {
        using var server = Start(configure: o => o.MaxPendingEvents = 1);
        var client = await server.ComeAsync();
        await client.Session.SendAsync("0/slow,").Within();
        var sending = client.Session.SendAsync("""2/slow,["hear",0]""");
        if (sending.IsCompleted) sending = client.Session.SendAsync("""2/slow,["hear",1]""");

        await client.Session.CutAsync();

        await sending.Within();
        gate.SetResult();
    }

    [Fact]
    public async Task Namespaces_ThatAreAskedForAtOnce_CountAgainstTheBound()
    {
        using var server = Start(configure: o => o.MaxNamespacesPerConnection = 3);
        var client = await server.ComeAsync();
        server.IO.Of("/b").Use((_, next) => next());

        await client.Session.SendAsync("0/slow,", "0/slow-1,", "0/b,").Within();

        Assert.StartsWith("4/b,", await client.ReadAsync(), StringComparison.Ordinal);
        gate.SetResult();
        Assert.StartsWith("0/slow", await client.ReadAsync(), StringComparison.Ordinal);
        Assert.StartsWith("0/slow", await client.ReadAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Client_ThatLeavesWhileMiddlewareRuns_MeetsNoHandler(bool isCut)
    {
        using var server = Start();
        var client = await server.ComeAsync();
        await Deadline.UntilAsync(() => came.Count == 1);
        await client.Session.SendAsync("0/slow-1,").Within();

        if (isCut) await client.Session.CutAsync();
        else await client.Session.SendAsync("1/slow-1,").Within();
        gate.SetResult();

        await Deadline.UntilAsync(() => server.IO.NamespaceCount == 2);
        Assert.Equal(["/"], came);
        if (!isCut) Assert.Empty(client.Session.ReadAll());
    }

    [Fact]
    public async Task Client_ThatLeavesWhileMiddlewareRuns_MayComeAgain()
    {
        using var server = Start();
        var client = await server.ComeAsync();
        await Deadline.UntilAsync(() => came.Count == 1);

        await client.Session.SendAsync("0/slow,", "1/slow,", "0/slow,").Within();
        gate.SetResult();

        Assert.StartsWith("0/slow,{", await client.ReadAsync(), StringComparison.Ordinal);
        await Deadline.UntilAsync(() => came.Count == 2);
        Assert.Equal(["/", "/slow"], came);
    }

    private TestServer Start(bool blocksItsThread = false, Action<SocketIOOptions>? configure = null)
    {
        var server = new TestServer(configure);
        server.IO.OnConnection(socket =>
        {
            came.Enqueue(socket.Namespace.Name);
            socket.On<int>("echo", value => socket.Emit("echo", value));
        });
        Slow(server.IO.Of("/slow"));
        Slow(server.IO.Of(new Regex("^/slow-")));
        return server;

        void Slow(SocketIONamespace space)
        {
            space.Use(async (_, next) =>
            {
                if (blocksItsThread) gate.Task.Wait();
                await gate.Task;
                await next();
            });
            space.OnConnection(socket =>
            {
                came.Enqueue(socket.Namespace.Name);
                socket.On<int>("hear", heard.Enqueue);
            });
        }
    }
}
