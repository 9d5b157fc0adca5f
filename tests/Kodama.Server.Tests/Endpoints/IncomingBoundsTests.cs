using System.Net;
using Kodama.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace Kodama.Server.Tests;

/// <summary>What clients may leave unfinished, all together and for how long, over WebSocket and HTTP.</summary>
public sealed class IncomingBoundsTests
{
    // As much as an array of the shared pool has, whose sizes are exact: larger ones may be what another test has left.
    private const int Each = 64 * 1024;
    private const int Room = 2 * Each;
    private const int Unfinished = 50_000;
    private const int Whole = 60_000;

    [Fact]
    public async Task Messages_ThatAreNeverWhole_AreBoundedTogetherAndHurtNobody()
    {
        await using var hub = await TestHub.StartAsync(o => o.MaxIncomingBytes = Room);
        await using var bystander = await hub.JoinAsync();
        await using var first = await BeginMessageAsync(hub);
        await using var second = await BeginMessageAsync(hub);
        await Deadline.UntilAsync(() => Held(hub) == 2 * Each);

        await using var third = await BeginMessageAsync(hub);

        var close = await third.ReadCloseAsync();
        Assert.Equal((1013, "Too many messages are underway; send it again later."), (close.CloseCode, close.CloseReason));
        await bystander.SendAsync(new string('x', 3000));
        await first.SendAsync(new byte[Whole - Unfinished]);
        Assert.Equal(Whole, (await bystander.ReceiveAsync()).Bytes.Length);
        second.Reset();
        await Deadline.UntilAsync(() => Held(hub) == 0);
    }

    [Theory]
    [InlineData("Content-Length: 100000\r\n\r\n", "")]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n", "186a0\r\n")]
    public async Task Bodies_ThatAreNeverWhole_AreBoundedTogetherAndGiveWayToOthers(string headers, string before)
    {
        await using var hub = await TestHub.StartAsync(o => o.MaxIncomingBytes = Room);
        var clients = new List<RawClient>();
        for (var i = 0; i < 3; i++)
        {
            var client = await hub.RawAsync();
            clients.Add(client);
            await client.SendTextAsync($"POST /api/rooms/lobby/messages HTTP/1.1\r\nHost: {client.Authority}\r\n{headers}{before}");
            await client.SendAsync(new byte[Unfinished]);
            if (i < 2) await Deadline.UntilAsync(() => Held(hub) == (i + 1) * Each);
        }

        var refused = (await clients[2].ReadResponseAsync())!;
        Assert.Equal(503, refused.Status);
        Assert.Equal("1", refused.Header("Retry-After"));
        Assert.Contains("\"code\":\"TOO_MUCH_UNDERWAY\"", refused.Body, StringComparison.Ordinal);
        using var small = new StringContent("small");
        using var answer = await hub.Client.PostAsync("/api/rooms/lobby/messages", small).Within();
        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        foreach (var client in clients) client.Reset();
        await Deadline.UntilAsync(() => Held(hub) == 0);
        Assert.Empty(hub.Log.Errors);
    }

    [Fact]
    public async Task Address_WithItsShareUnderway_LeavesTheRestToOthers()
    {
        await using var hub = await TestHub.StartAppAsync(
            builder => builder.Services.AddKodama(o =>
            {
                (o.MaxIncomingBytes, o.Advertise) = (4 * Room, false);
                o.AllowedHosts.Add("*");
            }),
            app =>
            {
                app.Use((context, next) =>
                {
                    context.Connection.RemoteIpAddress = IPAddress.Parse(context.Request.Headers["X-From"].ToString());
                    return next(context);
                });
                app.MapKodama();
            });
        await using var first = await BeginMessageAsync(hub, "192.168.1.10");
        await using var second = await BeginMessageAsync(hub, "192.168.1.10");
        await Deadline.UntilAsync(() => Held(hub) == Room);

        await using var third = await BeginMessageAsync(hub, "192.168.1.10");
        Assert.Equal(1013, (await third.ReadCloseAsync()).CloseCode);

        await using var other = await BeginMessageAsync(hub, "192.168.1.11");
        await Deadline.UntilAsync(() => Held(hub) == Room + Each);
    }

    [Theory]
    [InlineData("messages")]
    [InlineData("state")]
    [InlineData("state/large")]
    [InlineData("presence")]
    [InlineData("events?state=1")]
    public async Task Answers_CountAsUnderwayToo(string path)
    {
        await using var hub = await TestHub.StartAsync(o => o.MaxIncomingBytes = 1000);
        await using var peer = await hub.JoinAsync("/ws/tea");
        var room = peer.Peer!.Room!;
        room.State.Set("large", new string('x', 5000));
        room.Send(new string('x', 5000));
        await using var one = await hub.JoinAsync("/ws/tea");
        await using var two = await hub.JoinAsync("/ws/tea");
        foreach (var member in (TestPeer[])[one, two]) room.Members.Enter(member.Peer!, $"\"{new string('x', 4000)}\"");
        var budget = hub.Services.GetRequiredService<IncomingBounds>().Budget;
        Assert.True(budget.TryTake(null, 1));

        using var refused = await AskAsync();
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "1"), (refused.StatusCode, refused.Headers.RetryAfter?.ToString()));
        Assert.Contains("TOO_MUCH_UNDERWAY", await refused.Content.ReadAsStringAsync().Within(), StringComparison.Ordinal);
        budget.Return(null, 1);
        using (var taken = await AskAsync()) Assert.Equal(HttpStatusCode.OK, taken.StatusCode);

        await Deadline.UntilAsync(() => Held(hub) == 0);
        await Deadline.UntilAsync(() => hub.Hub.Peers.All(static other => other.Door != "sse"));

        Task<HttpResponseMessage> AskAsync() =>
            hub.Client.GetAsync($"/api/rooms/tea/{path}", HttpCompletionOption.ResponseHeadersRead).Within();
    }

    [Fact]
    public async Task Snapshot_ThatIsNotRead_IsHeldUntilItsReaderGoes()
    {
        await using var hub = await TestHub.StartAsync(o => o.Log.MaxStateBytes = 16 * 1024 * 1024);
        await using var peer = await hub.JoinAsync("/ws/tea");
        peer.Peer!.Room!.State.Set("large", new string('x', 12_000_000));
        await using var slow = await hub.RawAsync(receiveBuffer: 4096);

        await slow.SendTextAsync($"GET /api/rooms/tea/events?state=1 HTTP/1.1\r\nHost: {slow.Authority}\r\n\r\n");

        await Deadline.UntilAsync(() => Held(hub) > 12_000_000);
        slow.Reset();
        await Deadline.UntilAsync(() => Held(hub) == 0);
        Assert.Empty(hub.Log.Errors);
    }

    [Fact]
    public async Task Message_ThatIsNotWholeInTime_ClosesWithAReason()
    {
        var clock = new FakeClock();
        await using var hub = await TestHub.StartAsync(clock: clock);
        await using var client = await BeginMessageAsync(hub);
        await Deadline.UntilAsync(() => Held(hub) > 0);

        // Second by second: one that falls into the reading of the last piece does not count.
        var closing = client.ReadCloseAsync();
        await Deadline.UntilAsync(() =>
        {
            clock.Advance(TimeSpan.FromSeconds(1));
            return closing.IsCompleted;
        });

        var close = await closing;
        Assert.Equal((1008, "A message must be whole within 30 s."), (close.CloseCode, close.CloseReason));
        clock.Advance(TimeSpan.FromSeconds(7));
        await Deadline.UntilAsync(() => Held(hub) == 0);
    }

    [Fact]
    public async Task Body_ThatIsNotWholeInTime_IsRefusedWith408()
    {
        var clock = new FakeClock();
        await using var hub = await TestHub.StartAsync(clock: clock);
        await using var client = await hub.RawAsync();
        await client.SendTextAsync(
            $"POST /api/rooms/lobby/messages HTTP/1.1\r\nHost: {client.Authority}\r\nContent-Length: 100000\r\n\r\n");
        await client.SendAsync(new byte[Unfinished]);
        await Deadline.UntilAsync(() => Held(hub) > 0);

        clock.Advance(TimeSpan.FromSeconds(30));

        var answer = (await client.ReadResponseAsync())!;
        Assert.Equal(408, answer.Status);
        Assert.Contains("\"code\":\"MESSAGE_TOO_SLOW\"", answer.Body, StringComparison.Ordinal);
        await Deadline.UntilAsync(() => Held(hub) == 0);
        Assert.Empty(hub.Log.Errors);
    }

    [Fact]
    public async Task Body_InPiecesThatComeInTime_IsTaken()
    {
        await using var hub = await TestHub.StartAsync();
        await using var peer = await hub.JoinAsync();
        await using var client = await hub.RawAsync();
        await client.SendTextAsync(
            $"POST /api/rooms/lobby/messages HTTP/1.1\r\nHost: {client.Authority}\r\nContent-Length: 100000\r\n\r\n");
        await client.SendAsync(new byte[Unfinished]);
        await Deadline.UntilAsync(() => Held(hub) > 0);

        await client.SendAsync(new byte[Unfinished]);

        Assert.Equal(202, (await client.ReadResponseAsync())!.Status);
        Assert.Equal(2 * Unfinished, (await peer.ReceiveAsync()).Bytes.Length);
        await Deadline.UntilAsync(() => Held(hub) == 0);
    }

    private static long Held(TestHub hub) => hub.Services.GetRequiredService<IncomingBounds>().Budget.Held;

    /// <summary>A client that has sent half of a message.</summary>
    private static async Task<RawClient> BeginMessageAsync(TestHub hub, string from = "127.0.0.1")
    {
        var client = await hub.RawAsync();
        Assert.StartsWith("HTTP/1.1 101 ", await client.UpgradeAsync("/ws", $"X-From: {from}\r\n"), StringComparison.Ordinal);
        await client.SendAsync([0x82, 0xFE, Whole >> 8, Whole & 0xFF, 0, 0, 0, 0, .. new byte[Unfinished]]);
        return client;
    }
}
