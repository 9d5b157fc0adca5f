using System.Net.WebSockets;
using Kodama.Testing;
using Microsoft.Extensions.DependencyInjection;
using static Kodama.Server.Tests.ChannelServer;

namespace Kodama.Server.Tests;

/// <summary>Channels in rooms of the hub: added, removed, told what is said, beside peers of other doors.</summary>
public sealed class WebSocketChannelRoomTests
{
    [Fact]
    public async Task Room_OfChannelsAndARawPeer_TellsAllTheSame()
    {
        await using var server = await StartAsync(tls: false, ChatAsync);
        using var yui = await ConnectAsync(server, "/echo/x?name=Yui");
        Assert.Equal("Welcome, Yui", await ReceiveTextAsync(yui));
        using var raw = await ConnectAsync(server, "/ws/chat?name=Raw");
        using var ren = await ConnectAsync(server, "/echo/x?name=Ren");
        Assert.Equal("Welcome, Ren", await ReceiveTextAsync(ren));
        Assert.Equal("Ren has come", await ReceiveTextAsync(yui));
        Assert.Equal("Ren has come", await ReceiveTextAsync(raw));

        await SayAsync(ren, "hello");
        foreach (var client in new[] { yui, ren, raw }) Assert.Equal("Ren: hello", await ReceiveTextAsync(client));
        await SayAsync(raw, "and from me");

        foreach (var client in new[] { yui, ren }) Assert.Equal("and from me", await ReceiveTextAsync(client));
    }

    [Fact]
    public async Task Channel_ThatCloses_IsInNoRoomAnyMore()
    {
        await using var server = await StartAsync(tls: false, ChatAsync);
        using var yui = await ConnectAsync(server, "/echo/x?name=Yui");
        await ReceiveTextAsync(yui);
        using var ren = await ConnectAsync(server, "/echo/x?name=Ren");
        await ReceiveTextAsync(ren);
        await ReceiveTextAsync(yui);

        await ren.CloseAsync(WebSocketCloseStatus.NormalClosure, "", CancellationToken.None).Within();

        Assert.Equal("Ren has gone", await ReceiveTextAsync(yui));
        Assert.Equal(["Yui"], server.Hub.FindRoom("chat")!.Peers.Select(peer => peer.Details["name"]));
        Assert.Equal(1, server.Hub.PeerCount);
    }

    [Fact]
    public async Task Join_AndLeave_AreTheProgramsWordAtAnyTime()
    {
        var opened = new TaskCompletionSource<WebSocketChannel>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = await StartAsync(tls: false, async channel =>
        {
            opened.SetResult(channel);
            await foreach (var _ in channel.Messages) continue;
        }, hub: options => options.Rules.Room("staff", RoomRights.None));
        using var client = await ConnectAsync(server, "/echo/x");
        var channel = await opened.Task.Within();
        Assert.Equal(0, server.Hub.PeerCount);

        var room = await channel.JoinAsync("staff");
        Assert.Same(room, await channel.JoinAsync("staff"));
        Assert.Equal(1, room.Send("for staff").Receivers);
        Assert.True(channel.Leave(room));
        Assert.False(channel.Leave(room));
        Assert.True(server.Hub.SendTo(channel.Id, "for you alone"));
        Assert.True(channel.Peer.Send("news", "for you"));

        Assert.Equal("for staff", await ReceiveTextAsync(client));
        Assert.Equal("for you alone", await ReceiveTextAsync(client));
        Assert.Equal("""{"event":"news","args":["for you"]}""", await ReceiveTextAsync(client));
    }

    [Fact]
    public async Task Room_ThatKeepsWhatWasSaid_TellsItToWhoAsksForIt()
    {
        await using var server = await StartAsync(tls: false, async channel =>
        {
            var room = await channel.JoinAsync("chat", Start.Last(2));
            await foreach (var message in channel.Messages) room.Send(message);
        });
        using var yui = await ConnectAsync(server, "/echo/x");
        for (var i = 1; i <= 3; i++) await SayAsync(yui, $"{i}");
        for (var i = 1; i <= 3; i++) Assert.Equal($"{i}", await ReceiveTextAsync(yui));

        using var ren = await ConnectAsync(server, "/echo/x");

        Assert.Equal("2", await ReceiveTextAsync(ren));
        Assert.Equal("3", await ReceiveTextAsync(ren));
    }

    [Fact]
    public async Task Sends_OfTheChannelAndTheRoom_KeepTheirOrder()
    {
        const int Count = 500;
        await using var server = await StartAsync(tls: false, async channel =>
        {
            var room = await channel.JoinAsync("chat");
            for (var i = 0; i < Count; i += 2)
            {
                room.Send($"{i}");
                await channel.SendAsync($"{i + 1}");
            }
        });
        using var client = await ConnectAsync(server, "/echo/x");

        for (var i = 0; i < Count; i++) Assert.Equal($"{i}", await ReceiveTextAsync(client));
    }

    [Fact]
    public async Task Publish_OfAChannel_PassesTheFiltersAndTellsWhoSaidIt()
    {
        var said = new TaskCompletionSource<(string? Name, string Text)>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = await StartAsync(
            tls: false,
            async channel =>
            {
                channel.Details["name"] = channel.Query["name"];
                var room = await channel.JoinAsync("chat");
                Assert.Throws<NotSupportedException>(() => channel.Details["name"] = "another");
                await foreach (var message in channel.Messages)
                {
                    var published = await channel.PublishAsync(room, message);
                    await channel.SendAsync(published.Refusal ?? $"said to {published.Receivers}");
                }
            },
            hub: options => options.Rules.Filter(message =>
            {
                if (message.Text == "never") return FilterResult.Drop("Not this.");
                said.TrySetResult((message.Name, message.Text));
                return FilterResult.Pass;
            }));
        using var yui = await ConnectAsync(server, "/echo/x?name=Yui");
        using var raw = await ConnectAsync(server, "/ws/chat");

        await SayAsync(yui, "never");
        Assert.Equal("Not this.", await ReceiveTextAsync(yui));
        await SayAsync(yui, "hello");

        Assert.Equal("said to 1", await ReceiveTextAsync(yui));
        Assert.Equal("hello", await ReceiveTextAsync(raw));
        Assert.Equal(("Yui", "hello"), await said.Task.Within());
    }

    [Fact]
    public async Task Join_OfAChannelThatTheHubRefuses_ClosesItWithTheReason()
    {
        var refused = new TaskCompletionSource<Exception>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = await StartAsync(
            tls: false,
            async channel =>
            {
                try
                {
                    await channel.JoinAsync("chat");
                }
                catch (InvalidOperationException exception)
                {
                    refused.SetResult(exception);
                }
            },
            hub: options => options.Rules.RequireDetail("name"));
        using var client = await ConnectAsync(server, "/echo/x?name=Yui");

        Assert.Equal((WebSocketCloseStatus)3000, await CloseStatusAsync(client));
        Assert.Contains("The detail \"name\" is missing", (await refused.Task.Within()).Message, StringComparison.Ordinal);
        Assert.Equal(0, server.Hub.PeerCount);
    }

    [Fact]
    public async Task Join_OfAChannelThatClosesWhileAValidatorThinks_LeavesNobodyBehind()
    {
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var decided = new TaskCompletionSource<PeerVerdict>(TaskCreationOptions.RunContinuationsAsynchronously);
        var joining = new TaskCompletionSource<(WebSocketChannel, Task)>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = await StartAsync(
            tls: false,
            async channel =>
            {
                joining.SetResult((channel, channel.JoinAsync("chat").AsTask()));
                await foreach (var _ in channel.Messages) continue;
            },
            hub: options => options.Rules.Validate((_, _) =>
            {
                asked.SetResult();
                return new ValueTask<PeerVerdict>(decided.Task);
            }));
        var client = await ConnectAsync(server, "/echo/x");
        var (channel, join) = await joining.Task.Within();
        await asked.Task.Within();

        client.Dispose();
        await Deadline.UntilAsync(() => channel.Closed.IsCancellationRequested);
        decided.SetResult(PeerVerdict.Accepted);

        await Assert.ThrowsAnyAsync<InvalidOperationException>(() => join.Within());
        Assert.Equal(0, server.Hub.PeerCount);
        Assert.Null(server.Hub.FindRoom("chat"));
    }

    [Fact]
    public async Task Member_ThatDoesNotRead_HoldsNobodyUpAndGoes()
    {
        const int Count = 300;
        var slow = new TaskCompletionSource<WebSocketChannel>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = await StartAsync(
            tls: false,
            async channel =>
            {
                await channel.JoinAsync("chat");
                if (channel.Query.ContainsKey("slow")) slow.SetResult(channel);
                await channel.SendAsync("here");
                await foreach (var _ in channel.Messages) continue;
            },
            hub: options => options.Outbox.MaxBytes = 256 * 1024);
        var deaf = await RawClient.ConnectAsync(new Uri(server.Addresses[0]), receiveBuffer: 4096);
        await deaf.UpgradeAsync("/echo/x?slow=1");
        var channel = await slow.Task.Within();
        using var yui = await ConnectAsync(server, "/echo/x");
        Assert.Equal("here", await ReceiveTextAsync(yui));
        var room = server.Hub.FindRoom("chat")!;
        var text = new string('x', 10_000);

        // One after another, each read before the next: a member that is held up would not get them all.
        var sent = 0;
        while (room.PeerCount == 2 || sent < Count)
        {
            room.Send($"{sent}:{text}");
            Assert.StartsWith($"{sent++}:", await ReceiveTextAsync(yui), StringComparison.Ordinal);
        }

        Assert.Equal(1, server.Hub.PeerCount);
        await deaf.DisposeAsync();
        await Deadline.UntilAsync(() => channel.Closed.IsCancellationRequested);
    }

    [Fact]
    public async Task Members_ThatComeAndGoWhileAllSpeak_HearOneOrder()
    {
        const int Clients = 8, Rounds = 40;
        await using var server = await StartAsync(tls: false, async channel =>
        {
            var room = await channel.JoinAsync("chat");
            await foreach (var message in channel.Messages)
            {
                room.Send(message);
                channel.Leave(room);
                room = await channel.JoinAsync("chat");
                await channel.SendAsync("done");
            }
        });
        // One that is there all the time knows the order.
        using var witness = await ConnectAsync(server, "/ws/chat");

        var heard = await Task.WhenAll(Enumerable.Range(0, Clients).Select(SpeakAsync)).Within();

        var order = new Dictionary<string, int>();
        for (var i = 0; i < Clients * Rounds; i++) order.Add(await ReceiveTextAsync(witness), i);
        foreach (var texts in heard) Assert.Equal(texts.Order(Comparer<string>.Create((a, b) => order[a].CompareTo(order[b]))), texts);
        await Deadline.UntilAsync(() => server.Hub.FindRoom("chat")!.PeerCount == 1);

        async Task<List<string>> SpeakAsync(int number)
        {
            using var client = await ConnectAsync(server, "/echo/x");
            var texts = new List<string>();
            for (var round = 0; round < Rounds; round++)
            {
                await SayAsync(client, $"{number}.{round}");
                while (await ReceiveTextAsync(client) is not "done" and var text) texts.Add(text);
                // What it has said itself it has heard, as it was there.
                Assert.Contains($"{number}.{round}", texts);
            }
            await client.CloseAsync(WebSocketCloseStatus.NormalClosure, "", CancellationToken.None).Within();
            return texts;
        }
    }

    [Fact]
    public async Task Services_OfAScope_LastAsLongAsTheHandler()
    {
        var told = new TaskCompletionSource<(Scoped First, Scoped Second, bool WasDisposed)>(
            TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = new KodamaServer(
            new KodamaOptions { StopTimeout = Deadline.Default }, builder => builder.Services.AddScoped<Scoped>());
        Microsoft.AspNetCore.Builder.KodamaEndpointRouteBuilderExtensions.MapWebSocket(server.Endpoints, "/echo", async channel =>
        {
            var first = channel.Services.GetRequiredService<Scoped>();
            await foreach (var _ in channel.Messages) continue;
            told.SetResult((first, channel.Services.GetRequiredService<Scoped>(), first.IsDisposed));
        });
        await server.StartAsync("127.0.0.1", 0).Within();
        using var client = await ConnectAsync(server, "/echo");

        await client.CloseAsync(WebSocketCloseStatus.NormalClosure, "", CancellationToken.None).Within();

        var (first, second, wasDisposed) = await told.Task.Within();
        Assert.Same(first, second);
        Assert.False(wasDisposed);
        await Deadline.UntilAsync(() => first.IsDisposed);
    }

    private static async Task ChatAsync(WebSocketChannel channel)
    {
        var name = channel.Details["name"] = channel.Query["name"];
        var room = await channel.JoinAsync("chat");
        await channel.SendAsync($"Welcome, {name}");
        room.Send($"{name} has come", except: [channel.Peer]);
        await foreach (var message in channel.Messages) room.Send($"{name}: {message.Text}");
        room.Send($"{name} has gone", except: [channel.Peer]);
    }

    private sealed class Scoped : IDisposable
    {
        public bool IsDisposed { get; private set; }

        public void Dispose() => IsDisposed = true;
    }
}
