using System.Net;
using System.Net.WebSockets;
using System.Text;
using Kodama.Testing;
using static Kodama.Server.Tests.ChannelServer;

namespace Kodama.Server.Tests;

/// <summary>A channel over a detached socket and over a stream (TLS): both must behave alike.</summary>
public sealed class WebSocketChannelTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Echo_OfTextAndBinary_ComesBackInOrderAndEndsWithTheClient(bool tls)
    {
        var ended = new TaskCompletionSource<ushort?>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = await StartAsync(tls, async channel =>
        {
            await foreach (var message in channel.Messages) await channel.SendAsync(message);
            ended.SetResult(channel.CloseCode);
        });
        using var client = await ConnectAsync(server, "/echo/blue?name=Yui");

        for (var i = 0; i < 100; i++)
        {
            var sent = Encoding.UTF8.GetBytes($"message {i}");
            var type = i % 2 == 0 ? WebSocketMessageType.Text : WebSocketMessageType.Binary;
            await client.SendAsync(sent, type, true, CancellationToken.None).Within();
            var (received, receivedType) = await ReceiveAsync(client);
            Assert.Equal(sent, received);
            Assert.Equal(type, receivedType);
        }
        await client.CloseAsync((WebSocketCloseStatus)3001, "enough", CancellationToken.None).Within();

        Assert.Equal((ushort)3001, await ended.Task.Within());
    }

    [Fact]
    public async Task Channel_TellsWhatItsRequestSaid()
    {
        var told = new TaskCompletionSource<WebSocketChannel>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = await StartAsync(tls: false, channel =>
        {
            told.SetResult(channel);
            return Task.CompletedTask;
        }, options => options.Subprotocols.Add("chat.v2"));

        using var client = await ConnectAsync(server, "/echo/blue?name=Yui", "chat.v1", "chat.v2");
        var channel = await told.Task.Within();

        Assert.Equal("chat.v2", channel.Subprotocol);
        Assert.Equal("chat.v2", client.SubProtocol);
        Assert.Equal("blue", channel.RouteValues["colour"]);
        Assert.Equal("Yui", channel.Query["name"]);
        Assert.Equal(IPAddress.Loopback, channel.RemoteAddress);
    }

    [Fact]
    public async Task Handler_ThatEndsOrFails_ClosesWith1000Or1011()
    {
        await using var server = await StartAsync(tls: false, async channel =>
        {
            await channel.SendAsync("last words");
            if (channel.Query.ContainsKey("fail")) throw new InvalidOperationException("on purpose");
        });

        using var good = await ConnectAsync(server, "/echo/x");
        using var bad = await ConnectAsync(server, "/echo/x?fail=1");

        Assert.Equal("last words", Encoding.UTF8.GetString((await ReceiveAsync(good)).Bytes));
        Assert.Equal(WebSocketCloseStatus.NormalClosure, await CloseStatusAsync(good));
        Assert.Equal("last words", Encoding.UTF8.GetString((await ReceiveAsync(bad)).Bytes));
        Assert.Equal(WebSocketCloseStatus.InternalServerError, await CloseStatusAsync(bad));
    }

    [Fact]
    public async Task Handler_ThatDoesNotRead_StopsItsSenderAndStillCloses()
    {
        var close = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = await StartAsync(tls: false, _ => close.Task, options => options.MaxUnread = 2);
        using var client = await ConnectAsync(server, "/echo/x");
        using var flood = new CancellationTokenSource();
        var sent = 0;
        var flooding = Task.Run(async () =>
        {
            // Far more than sockets buffer: it can end only if the server reads on.
            for (; sent < 1000; sent++) await client.SendAsync(new byte[256 * 1024], WebSocketMessageType.Binary, true, flood.Token);
        });
        var seen = -1;
        await Deadline.UntilAsync(() => Interlocked.Exchange(ref seen, Volatile.Read(ref sent)) == Volatile.Read(ref sent) && seen > 2);

        close.SetResult();

        Assert.Equal(WebSocketCloseStatus.NormalClosure, await CloseStatusAsync(client));
        await flood.CancelAsync();
        await flooding.ContinueWith(_ => { }, TaskScheduler.Default).Within();
    }

    [Fact]
    public async Task Send_ToAClientThatDoesNotRead_WaitsAndEndsWithTheConnection()
    {
        var waiting = new TaskCompletionSource<WebSocketChannel>(TaskCreationOptions.RunContinuationsAsynchronously);
        var failed = new TaskCompletionSource<Exception>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = await StartAsync(tls: false, async channel =>
        {
            waiting.SetResult(channel);
            try
            {
                while (true) await channel.SendAsync(new ReadOnlyMemory<byte>(new byte[100_000]));
            }
            catch (Exception exception)
            {
                failed.SetResult(exception);
                throw;
            }
        });
        var client = await RawClient.ConnectAsync(new Uri(server.Addresses[0]), receiveBuffer: 4096);
        await client.UpgradeAsync("/echo/x");
        var channel = await waiting.Task.Within();
        Assert.False(failed.Task.IsCompleted);

        await client.DisposeAsync();

        Assert.IsType<InvalidOperationException>(await failed.Task.Within());
        await Deadline.UntilAsync(() => channel.Closed.IsCancellationRequested);
    }

    [Fact]
    public async Task Sends_ThatAreNotAwaited_KeepTheirOrder()
    {
        const int Count = 2_000;
        await using var server = await StartAsync(tls: false, async channel =>
        {
            var sends = Enumerable.Range(0, Count).Select(i => channel.SendAsync($"{i}").AsTask()).ToArray();
            await Task.WhenAll(sends);
        }, options => options.MaxUnsentBytes = 64);
        using var client = await ConnectAsync(server, "/echo/x");

        for (var i = 0; i < Count; i++) Assert.Equal($"{i}", Encoding.UTF8.GetString((await ReceiveAsync(client)).Bytes));
    }

    [Fact]
    public async Task Send_AfterClose_IsRefused()
    {
        var refused = new TaskCompletionSource<Exception>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = await StartAsync(tls: false, async channel =>
        {
            await channel.SendAsync("last words");
            channel.Close();
            try
            {
                await channel.SendAsync("after");
            }
            catch (InvalidOperationException exception)
            {
                refused.SetResult(exception);
            }
        });
        using var client = await ConnectAsync(server, "/echo/x");

        await refused.Task.Within();
        Assert.Equal("last words", Encoding.UTF8.GetString((await ReceiveAsync(client)).Bytes));
        Assert.Equal(WebSocketCloseStatus.NormalClosure, await CloseStatusAsync(client));
    }

    [Fact]
    public async Task Outbox_WhoseWriterLosesPatience_SendsTheOthers()
    {
        var outbox = new ChannelOutbox(new Outbox(new OutboxOptions()), maxBytes: 1);
        await outbox.AddAsync(Frame.Copy([1]), CancellationToken.None);
        using var impatient = new CancellationTokenSource();
        var second = outbox.AddAsync(Frame.Copy([2]), impatient.Token).AsTask();
        var third = outbox.AddAsync(Frame.Copy([3]), CancellationToken.None).AsTask();

        await impatient.CancelAsync();
        outbox.Advance(outbox.Peek().Length);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second.Within());
        await third.Within();
        Assert.Equal(3, outbox.Peek().Span[0]);
    }

    [Fact]
    public async Task Outbox_WithAPong_KeepsItsPlaceOrHasNoRoom()
    {
        var outbox = new ChannelOutbox(new Outbox(new OutboxOptions { MaxBytes = 2 }), maxBytes: 1);
        await outbox.AddAsync(Frame.Copy([1]), CancellationToken.None);

        Assert.True(outbox.TryAppend([2]));
        Assert.False(outbox.TryAppend([3]));

        Assert.Equal(1, outbox.Peek().Span[0]);
        outbox.Advance(1);
        Assert.Equal(2, outbox.Peek().Span[0]);
        outbox.Complete();
        Assert.False(outbox.TryAppend([3]));
        Assert.Equal(2, outbox.Peek().Span[0]);
    }

    [Fact]
    public async Task Stop_OfTheApplication_SaysGoodbyeToChannels()
    {
        var server = await StartAsync(tls: false, async channel =>
        {
            await foreach (var message in channel.Messages) await channel.SendAsync(message);
        });
        using var client = await ConnectAsync(server, "/echo/x");

        var stopping = server.DisposeAsync();

        Assert.Equal((WebSocketCloseStatus)1001, await CloseStatusAsync(client));
        await client.CloseOutputAsync((WebSocketCloseStatus)1001, "", CancellationToken.None).Within();
        await stopping.Within();
    }

    [Theory]
    [InlineData("Origin: http://evil.example\r\n", "403")]
    [InlineData("", "101")]
    public async Task Handshake_FromAnotherOrigin_IsRefused(string headers, string status)
    {
        await using var server = await StartAsync(tls: false, _ => Task.CompletedTask);
        await using var client = await RawClient.ConnectAsync(new Uri(server.Addresses[0]));

        var head = await client.UpgradeAsync("/echo/x", headers);

        Assert.StartsWith($"HTTP/1.1 {status} ", head, StringComparison.Ordinal);
    }
}
