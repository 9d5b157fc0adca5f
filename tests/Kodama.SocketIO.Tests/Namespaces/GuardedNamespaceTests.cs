using System.Text.RegularExpressions;

namespace Kodama.SocketIO.Tests;

/// <summary>What middleware guards is guarded whoever was there first: the program that only sent to it, a client, another door.</summary>
public class GuardedNamespaceTests
{
    private const string Name = "/dynamic-101";

    private static readonly Regex Pattern = new("^/dynamic-\\d+$");

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Pattern_OfANamespaceThatTheProgramSentToFirst_GuardsIt(bool recovers)
    {
        using var server = new TestServer(o => o.ConnectionStateRecovery = recovers ? new() : null);
        var seen = new List<string>();
        server.IO.Of(Pattern).Use(AskAsync).OnConnection(socket => seen.Add(socket.Namespace.Name));

        server.IO.Of(Name).Emit("nobody is there");

        await AssertGuardedAsync(server);
        await Deadline.UntilAsync(() => seen.Count == 1);
    }

    [Fact]
    public async Task Pattern_SendsToTheNamespaceThatTheProgramMade()
    {
        using var server = new TestServer();
        var pattern = server.IO.Of(Pattern);
        var named = server.IO.Of(Name);
        var client = await server.ComeAsync(Name);

        pattern.Emit("to all");
        named.Emit("to one");

        Assert.Equal($"2{Name},[\"to all\"]", await client.ReadAsync());
        Assert.Equal($"2{Name},[\"to one\"]", await client.ReadAsync());
        Assert.Same(named, client.Socket.Namespace);
    }

    [Fact]
    public async Task Pattern_ThatComesAfterANamespaceWithoutCode_GuardsWhoComesFromThenOn()
    {
        using var server = new TestServer(o => o.AnyNamespace = true);
        await server.ComeAsync(Name);
        server.IO.Of("/dynamic-2").Emit("hello");

        server.IO.Of(Pattern).Use(AskAsync);

        await AssertGuardedAsync(server);
        await AssertGuardedAsync(server, "/dynamic-2");
    }

    [Fact]
    public async Task Predicate_OfANamespaceThatTheProgramSentToFirst_IsAskedAndGuardsIt()
    {
        using var server = new TestServer();
        server.IO.Of((name, handshake) => ValueTask.FromResult(name == Name && handshake.GetAuth("invited") == "yes")).Use(AskAsync);
        server.IO.Of(Name).Emit("nobody is there");
        var session = server.Open();

        await session.SendAsync($"0{Name},");
        await session.SendAsync($"0{Name},{{\"token\":\"right\"}}");
        await session.SendAsync($"0{Name},{{\"invited\":\"yes\"}}");
        await session.SendAsync($"0{Name},{{\"invited\":\"yes\",\"token\":\"right\"}}");

        Assert.Equal($$"""4{{Name}},{"message":"Invalid namespace"}""", await session.ReadAsync());
        Assert.Equal($$"""4{{Name}},{"message":"Invalid namespace"}""", await session.ReadAsync());
        Assert.Equal($$"""4{{Name}},{"message":"no"}""", await session.ReadAsync());
        Assert.StartsWith($"0{Name},{{", await session.ReadAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Predicate_IsNotAskedForANamespaceWithCodeOfItsOwn()
    {
        using var server = new TestServer();
        server.IO.Of((_, _) => ValueTask.FromResult(false)).Use(AskAsync);
        server.IO.Of("/chat").OnConnection(_ => { });

        Assert.NotEmpty((await server.ComeAsync("/chat")).Id);
    }

    [Fact]
    public async Task AnyNamespace_WithAPredicate_LetsNobodyPastIt()
    {
        using var server = new TestServer(o => o.AnyNamespace = true);
        server.IO.Of((_, handshake) => ValueTask.FromResult(handshake.GetAuth("invited") == "yes")).Use(AskAsync);
        var session = server.Open();

        await session.SendAsync($"0{Name},");
        await session.SendAsync($"0{Name},{{\"invited\":\"yes\"}}");

        Assert.Equal($$"""4{{Name}},{"message":"Invalid namespace"}""", await session.ReadAsync());
        Assert.Equal($$"""4{{Name}},{"message":"no"}""", await session.ReadAsync());
        Assert.Equal(1, server.IO.NamespaceCount);
    }

    [Fact]
    public async Task AnyNamespace_WithAPatternThatDoesNotMatch_IsOpen()
    {
        using var server = new TestServer(o => o.AnyNamespace = true);
        server.IO.Of(Pattern).Use(AskAsync);

        Assert.NotEmpty((await server.ComeAsync("/tea")).Id);
    }

    [Fact]
    public async Task Middleware_GivenToADynamicNamespace_OutlivesItsSockets()
    {
        using var server = new TestServer();
        server.IO.Of(Pattern);
        var first = await server.ComeAsync(Name);
        server.IO.Of(Name).Use(AskAsync);

        await first.Session.CutAsync();

        await AssertGuardedAsync(server);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Room_OfAGuardedNamespaceThatTheProgramSentToFirst_IsClosedToOtherDoors(bool isPredicate)
    {
        using var server = new TestServer(o => (o.Relay, o.AnyNamespace) = (true, true));
        _ = (isPredicate ? server.IO.Of((name, _) => ValueTask.FromResult(Pattern.IsMatch(name))) : server.IO.Of(Pattern)).Use(AskAsync);
        server.IO.Of(Name).Emit("nobody is there");

        var raw = await server.ComeRawAsync(Name);

        Assert.Empty(raw.Peer.Rooms);
        Assert.Equal(JoinResult.Refused, await raw.JoinAsync(Name + ",r"));
        Assert.Equal(RoomRights.None, await server.Hub.GrantAsync(raw.Peer, Name));
    }

    [Fact]
    public async Task Room_OfANamedNamespaceThatNoPatternMatches_IsOpenToOtherDoors()
    {
        using var server = new TestServer(o => o.Relay = true);
        server.IO.Of(Pattern).Use(AskAsync);
        server.IO.Of("/tea");

        var raw = await server.ComeRawAsync("/tea");

        Assert.Equal("/tea", raw.Peer.Room?.Name);
    }

    [Fact]
    public async Task V3Client_OfANamespaceThatTheProgramSentToFirst_IsAsked()
    {
        using var server = new TestServer();
        server.IO.Of(Pattern).Use(AskAsync);
        server.IO.Of(Name).Emit("nobody is there");
        var session = server.Open(version: EngineVersion.V3);
        Assert.Equal("0", await session.ReadAsync());

        await session.SendAsync($"0{Name}?token=wrong,");
        await session.SendAsync($"0{Name}?token=right,");

        Assert.Equal($"4{Name},\"no\"", await session.ReadAsync());
        Assert.Equal($"0{Name}", (await session.ReadAsync()).TrimEnd(','));
    }

    [Fact]
    public async Task Namespaces_MadeByProgramAndClientsAtOnce_AreAllGuarded()
    {
        using var server = new TestServer(o => o.AnyNamespace = true);
        server.IO.Of(Pattern).Use(AskAsync);

        await Task.WhenAll(Enumerable.Range(0, 200).Select(i => Task.Run(async () =>
        {
            var name = $"/dynamic-{i % 10}";
            if (i % 3 == 0) server.IO.Of(name).Emit("hello");
            else await AssertGuardedAsync(server, name);
        }))).Within();

        Assert.All(Enumerable.Range(0, 10), i => Assert.NotNull(server.IO.Of($"/dynamic-{i}").Parent));
    }

    private static Task AskAsync(SocketIOSocket socket, NextMiddleware next) =>
        next(socket.Handshake.GetAuth("token") == "right" ? null : new SocketIOException("no"));

    private static async Task AssertGuardedAsync(TestServer server, string name = Name)
    {
        var session = server.Open();
        await session.SendAsync($"0{name},");
        Assert.Equal($$"""4{{name}},{"message":"no"}""", await session.ReadAsync());
        await session.SendAsync($"0{name},{{\"token\":\"right\"}}");
        string answer;
        do answer = await session.ReadAsync();
        while (answer.StartsWith($"2{name},", StringComparison.Ordinal));
        Assert.StartsWith($"0{name},{{", answer, StringComparison.Ordinal);
        await session.CutAsync();
    }
}
