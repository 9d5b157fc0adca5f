using System.Text.Json;
using Kodama.Server;
using Kodama.Sqlite;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Kodama.SocketIO.Tests;

/// <summary>Sockets outlive a hub that keeps its rooms, if it was stopped and not killed.</summary>
public sealed class RecoveryRestartTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("kodama");

    public void Dispose() => folder.Delete(recursive: true);

    [Fact]
    public async Task ClientOfNpm_ComesBackToAHubThatWasStartedAgain()
    {
        NodeProcess client;
        Uri address;
        string[] first;
        await using (var server = Create(out var io))
        {
            io.OnConnection(socket => socket.JoinAsync("room"));
            await server.StartAsync("127.0.0.1", 0).Within();
            address = new Uri(server.Addresses[0]);
            client = NodeProcess.StartSocketIOClient(address);
            first = await ReadAsync(client);
            await Deadline.UntilAsync(() => io.In("room").FetchSockets().Count == 1);
            io.To("room").Emit("one", "1");
            Assert.Equal(["one", "1"], await ReadAsync(client));
        }
        await using var process = client;
        await using var again = Create(out var ioAgain);
        ioAgain.To("room").Emit("two", "2");
        ioAgain.To(first[1]).Emit("three", "3");
        ioAgain.To("elsewhere").Emit("not for it", "4");
        await again.StartAsync("127.0.0.1", address.Port).Within();

        Assert.Equal("disconnect", (await ReadAsync(client))[0]);
        Assert.Equal(["connect", first[1], "true"], await ReadAsync(client));
        Assert.Equal(["two", "2"], await ReadAsync(client));
        Assert.Equal(["three", "3"], await ReadAsync(client));
        ioAgain.To("room").Emit("five", "5");
        Assert.Equal(["five", "5"], await ReadAsync(client));
    }

    [Fact]
    public async Task Stop_KeepsSocketsAndWhatTheyMissedForTheNextHubAlone()
    {
        var client = await LiveAsync(server => server.IO.Emit("missed"));
        var id = client.Id;

        await RunAsync(stops: false, async server =>
        {
            server.IO.Emit("since");
            server.IO.To("room").Emit("there");
            client.MoveTo(server);
            await client.ReturnAsync();
            Assert.True(client.Recovered);
            Assert.Equal(id, client.Id);
            Assert.Equal(["missed", "since", "there"], client.Events);
            Assert.Equal([id, "room"], client.Socket.Rooms);
            Assert.Equal(("Yui", 7), ((string)client.Socket.Data["name"]!, (int)client.Socket.Data["number"]!));
            await client.Session.CutAsync();
        });

        // That hub was killed: what it has handed out, nobody has kept.
        await RunAsync(stops: false, async server =>
        {
            client.MoveTo(server);
            await client.ReturnAsync();
            Assert.False(client.Recovered);
            Assert.Empty(client.Events);
        });
    }

    [Fact]
    public async Task Middleware_IsNotSpared_AfterARestart()
    {
        var client = await LiveAsync(_ => { });
        var passed = 0;

        await RunAsync(stops: false, async server =>
        {
            server.IO.Use((_, next) =>
            {
                passed++;
                return next();
            });
            client.MoveTo(server);
            await client.ReturnAsync();
            await client.Session.CutAsync();
            await client.ReturnAsync();
        });

        Assert.True(client.Recovered);
        Assert.Equal(2, passed);
    }

    [Fact]
    public async Task Socket_WithDataThatIsNoPlainValue_BeginsAnew()
    {
        var client = await LiveAsync(_ => { }, socket => socket.Data["list"] = new List<string>());

        await RunAsync(stops: false, async server =>
        {
            client.MoveTo(server);
            await client.ReturnAsync();
        });

        Assert.False(client.Recovered);
    }

    [Fact]
    public async Task WhatIsHandedOutAfterTheStop_LeavesNobodyToComeBackToLess()
    {
        var client = await LiveAsync(_ => { }, late: server => server.IO.Except("nobody").Emit("late"));

        await RunAsync(stops: false, async server =>
        {
            client.MoveTo(server);
            await client.ReturnAsync();
        });

        Assert.False(client.Recovered);
    }

    // A client of a hub that is stopped while it is there, or has just gone.
    private async Task<RecoveringClient> LiveAsync(
        Action<TestServer> whileAway, Action<SocketIOSocket>? fill = null, Action<TestServer>? late = null)
    {
        RecoveringClient client = null!;
        await RunAsync(stops: true, async server =>
        {
            client = new RecoveringClient(server);
            await client.ReturnAsync();
            await client.Socket.JoinAsync("room");
            (client.Socket.Data["name"], client.Socket.Data["number"]) = ("Yui", 7);
            fill?.Invoke(client.Socket);
            server.IO.Emit("got");
            await client.ReadAsync();
            await client.Session.CutAsync();
            whileAway(server);
        }, late);
        return client;
    }

    private async Task RunAsync(bool stops, Func<TestServer, Task> live, Action<TestServer>? late = null)
    {
        using var engine = new SqliteEngine(folder.FullName);
        using var server = new TestServer(o => o.ConnectionStateRecovery = new(), engine: engine);
        await live(server);
        if (stops) server.Hub.Stop();
        server.Dispose();
        late?.Invoke(server);
    }

    private KodamaServer Create(out SocketIOServer io)
    {
        var server = new KodamaServer(configure: builder =>
        {
            builder.Logging.ClearProviders();
            builder.Services.UseSqlite(folder.FullName);
        });
        io = server.Endpoints.MapSocketIO(o => o.ConnectionStateRecovery = new());
        return server;
    }

    private static async Task<string[]> ReadAsync(NodeProcess client)
    {
        using var line = JsonDocument.Parse(await client.ReadLineAsync() ?? "[]");
        return [.. line.RootElement.EnumerateArray().Select(element => element.ValueKind == JsonValueKind.String
            ? element.GetString()! : element.GetRawText())];
    }
}
