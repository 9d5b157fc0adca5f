using System.Text;
using Kodama.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Kodama.Server.Tests;

/// <summary>Clients that end their half of the connection right behind what they ask for.</summary>
public sealed class HalfCloseTests
{
    [Fact]
    public async Task Handshake_WithTheEndBehindIt_GetsItsAnswer()
    {
        await using var hub = await TestHub.StartAsync();
        for (var round = 0; round < 50; round++)
        {
            await using var client = await hub.RawAsync();

            await client.SendTextAsync(client.UpgradeHead("/ws"));
            client.CompleteSending();

            Assert.StartsWith("HTTP/1.1 101 ", await client.ReadHeadAsync(), StringComparison.Ordinal);
            await client.WaitForEndAsync();
            await hub.EmptiesAsync();
        }
    }

    [Fact]
    public async Task Handshake_WithMessageCloseAndTheEndBehindIt_IsServedToItsEnd()
    {
        await using var hub = await TestHub.StartAsync();
        await using var listener = await hub.JoinAsync();
        await using var client = await hub.RawAsync();

        await client.SendAsync(
            [.. Encoding.ASCII.GetBytes(client.UpgradeHead("/ws")), .. RawFrame.OfText("hello"), .. RawFrame.OfClose(1000)]);
        client.CompleteSending();

        Assert.StartsWith("HTTP/1.1 101 ", await client.ReadHeadAsync(), StringComparison.Ordinal);
        Assert.Equal(1000, (await client.ReadCloseAsync()).CloseCode);
        Assert.Equal("hello", await listener.ReceiveTextAsync());
    }

    [Theory]
    [InlineData("GET /health HTTP/1.1\r\nHost: {0}\r\n\r\n", 200)]
    [InlineData("POST /api/rooms/lobby/messages HTTP/1.1\r\nHost: {0}\r\nContent-Length: 5\r\n\r\nhello", 202)]
    [InlineData("GET /nothing HTTP/1.1\r\nHost: {0}\r\n\r\n", 404)]
    public async Task Request_WithTheEndBehindIt_GetsItsAnswer(string request, int status)
    {
        await using var hub = await TestHub.StartAsync();
        for (var round = 0; round < 50; round++)
        {
            await using var client = await hub.RawAsync();

            await client.SendTextAsync(request.Replace("{0}", client.Authority, StringComparison.Ordinal));
            client.CompleteSending();

            Assert.Equal(status, (await client.ReadResponseAsync())!.Status);
            await client.WaitForEndAsync();
        }
        Assert.Empty(hub.Log.Errors);
    }

    [Fact]
    public async Task Request_WhoseAnswerTakesTime_IsNotAbortedByTheEndBehindIt()
    {
        var slow = new Slow();
        await using var hub = await slow.StartAsync(new FakeClock());
        await using var client = await slow.AskAsync(hub);
        client.CompleteSending();

        await slow.Began.Task.Within();
        slow.Answer.SetResult();

        Assert.Equal("done", (await client.ReadResponseAsync())!.Body);
        Assert.False(slow.Aborted.Task.IsCompleted);
    }

    [Fact]
    public async Task Request_WhoseClientEndsItLater_IsAborted()
    {
        var (slow, clock) = (new Slow(), new FakeClock());
        await using var hub = await slow.StartAsync(clock);
        await using var client = await slow.AskAsync(hub);
        await slow.Began.Task.Within();

        clock.Advance(TimeSpan.FromSeconds(1));
        client.CompleteSending();

        await slow.Aborted.Task.Within();
        slow.Answer.SetResult();
    }

    [Fact]
    public async Task Request_WhoseAnswerTakesTooLong_IsAborted()
    {
        var (slow, clock) = (new Slow(), new FakeClock());
        await using var hub = await slow.StartAsync(clock);
        await using var client = await slow.AskAsync(hub);
        await slow.Began.Task.Within();
        var timers = clock.TimerCount;

        client.CompleteSending();
        await Deadline.UntilAsync(() => clock.TimerCount > timers);
        Assert.False(slow.Aborted.Task.IsCompleted);
        clock.Advance(TimeSpan.FromSeconds(5));

        await slow.Aborted.Task.Within();
        slow.Answer.SetResult();
    }

    /// <summary>An endpoint that answers when the test says.</summary>
    private sealed class Slow
    {
        public TaskCompletionSource Began { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource Aborted { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task<TestHub> StartAsync(TimeProvider clock) =>
            TestHub.StartAppAsync(
                builder =>
                {
                    builder.Services.AddSingleton(clock);
                    builder.Services.AddKodama(o => o.Advertise = false);
                },
                app => app.MapGet("/slow", (RequestDelegate)AnswerAsync));

        public async Task<RawClient> AskAsync(TestHub hub)
        {
            var client = await hub.RawAsync();
            await client.SendTextAsync($"GET /slow HTTP/1.1\r\nHost: {client.Authority}\r\n\r\n");
            return client;
        }

        private async Task AnswerAsync(HttpContext context)
        {
            using var registration = context.RequestAborted.Register(() => Aborted.TrySetResult());
            Began.SetResult();
            await Answer.Task;
            context.Response.ContentLength = 4;
            await context.Response.WriteAsync("done", CancellationToken.None);
        }
    }
}
