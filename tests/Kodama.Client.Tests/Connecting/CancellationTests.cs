using Kodama.Discovery;
using Kodama.Testing;

namespace Kodama.Client.Tests.Connecting;

/// <summary>Cancelled or disposed at every wait: it ends at once, and leaves no socket, timer or task.</summary>
public sealed class CancellationTests
{
    private readonly CountingClock clock = new();

    private KodamaClientOptions Patient =>
        new() { ConnectTimeout = TimeSpan.FromDays(1), CloseTimeout = TimeSpan.FromDays(1), Time = clock };

    [Fact]
    public async Task Cancel_BeforeTheStart_ConnectsToNobody()
    {
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            KodamaClient.ConnectAsync("127.0.0.1:1", Patient, new CancellationToken(true)).Within());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Cancel_DuringLookup_EndsTheScan(bool dispose)
    {
        var begun = new TaskCompletionSource();
        var ended = new TaskCompletionSource();
        await EndsAsync(KodamaClient.Create("Lounge", ClientSettings.Of(Patient) with { Lookup = Endless }), begun.Task, dispose);
        await ended.Task.Within();

        async IAsyncEnumerable<FoundHub> Endless(
            ScanOptions options,
            [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
        {
            try
            {
                begun.SetResult();
                await Task.Delay(Timeout.Infinite, cancellationToken);
                yield break;
            }
            finally
            {
                ended.SetResult();
            }
        }
    }

    [Theory]
    [InlineData("ws", true)]
    [InlineData("ws", false)]
    [InlineData("wss", true)]
    [InlineData("wss", false)]
    public async Task Cancel_DuringTlsOrHandshake_ClosesTheSocket(string scheme, bool dispose)
    {
        using var server = new RawServer();
        var accepting = server.AcceptAsync();
        await EndsAsync(KodamaClient.Create($"{scheme}://127.0.0.1:{server.Port}", Patient), accepting, dispose);

        using var peer = await accepting;
        await peer.EndsAsync();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Cancel_DuringTheBodyOfARefusal_ClosesTheSocket(bool dispose)
    {
        using var server = new RawServer();
        var refusing = RefuseAsync();
        await EndsAsync(KodamaClient.Create(server.Address, Patient), refusing, dispose);

        using var peer = await refusing;
        await peer.EndsAsync();

        async Task<RawPeer> RefuseAsync()
        {
            var peer = await server.AcceptAsync();
            await peer.ReadHeadAsync();
            await peer.SendTextAsync("HTTP/1.1 403 Forbidden\r\nContent-Length: 100\r\n\r\n{");
            return peer;
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Cancel_WhileARefusedPeerWaitsForTheReason_ClosesTheSocket(bool dispose)
    {
        using var server = new RawServer();
        var accepting = server.AcceptWebSocketAsync("Kodama-Refused: 3000\r\n");
        await EndsAsync(KodamaClient.Create(server.Address, Patient), accepting, dispose);

        using var peer = await accepting;
        await peer.EndsAsync();
    }

    [Fact]
    public async Task Cancel_TcpConnectThatNobodyAnswers_EndsAtOnce()
    {
        // A listener whose queue is full lets further connections wait for ever, as a host that swallows packets does.
        using var listener = new System.Net.Sockets.Socket(
            System.Net.Sockets.AddressFamily.InterNetwork, System.Net.Sockets.SocketType.Stream, System.Net.Sockets.ProtocolType.Tcp);
        listener.Bind(new System.Net.IPEndPoint(System.Net.IPAddress.Loopback, 0));
        listener.Listen(0);
        var address = (System.Net.IPEndPoint)listener.LocalEndPoint!;
        using var filling = new System.Net.Sockets.Socket(
            System.Net.Sockets.AddressFamily.InterNetwork, System.Net.Sockets.SocketType.Stream, System.Net.Sockets.ProtocolType.Tcp);
        await filling.ConnectAsync(address).Within();
        using var cancel = new CancellationTokenSource();
        await using var client = KodamaClient.Create($"ws://{address}", Patient);
        var starting = client.StartAsync(cancel.Token);
        await client.BecomesAsync<ClientStatus.Connecting>();

        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => starting.Within());
    }

    [Fact]
    public async Task Cancel_WhileReceiving_LeavesTheMessagesToTheNextReader()
    {
        using var server = new RawServer();
        var connecting = KodamaClient.ConnectAsync(server.Address, Patient);
        using var peer = await server.AcceptWebSocketAsync();
        await using var client = await connecting.Within();
        using var cancel = new CancellationTokenSource();
        await using (var reader = client.Messages.GetAsyncEnumerator(cancel.Token))
        {
            var waiting = reader.MoveNextAsync();
            await cancel.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting.AsTask().Within());
        }

        await peer.SendMessageAsync("still here");

        Assert.Equal("still here", await client.ReceiveTextAsync());
        var disposing = client.DisposeAsync();
        await peer.ReadFrameAsync();
        await peer.SendCloseAsync(1000);
        await disposing.AsTask().Within();
        Assert.Equal(0, clock.Timers);
    }

    [Fact]
    public async Task Dispose_HubThatDoesNotAnswerTheGoodbye_EndsAfterTheCloseTimeout()
    {
        var clock = new FakeClock();
        using var server = new RawServer();
        var connecting = KodamaClient.ConnectAsync(server.Address, new KodamaClientOptions { Time = clock });
        using var peer = await server.AcceptWebSocketAsync();
        var client = await connecting.Within();

        var closing = client.CloseAsync();
        Assert.Equal(1000, (await peer.ReadFrameAsync())!.CloseCode);
        clock.Advance(TimeSpan.FromSeconds(5) - TimeSpan.FromTicks(1));
        Assert.False(closing.IsCompleted);
        clock.Advance(TimeSpan.FromTicks(1));

        Assert.False(await closing.Within());
        await peer.EndsAsync();
        Assert.Equal(new ClientStatus.Closed(null), client.Status);
    }

    [Fact]
    public async Task Dispose_WhileASendIsStuck_EndsAfterTheCloseTimeoutAndFailsTheSend()
    {
        var clock = new FakeClock();
        using var server = new RawServer();
        var connecting = KodamaClient.ConnectAsync(server.Address, new KodamaClientOptions { Time = clock });
        // Reads nothing any more.
        using var peer = await server.AcceptWebSocketAsync();
        var client = await connecting.Within();
        var stuck = client.SendAsync(new byte[64 * 1024 * 1024]).AsTask();

        var disposing = client.DisposeAsync().AsTask();
        // The timeout begins a moment after the call.
        while (!disposing.IsCompleted)
        {
            clock.Advance(TimeSpan.FromSeconds(5));
            await Task.Yield();
        }

        await Assert.ThrowsAsync<NotConnectedException>(() => stuck.Within());
        await disposing.Within();
    }

    [Fact]
    public async Task Cancel_OfTheWaitForTheGoodbye_LetsTheClosingGoOn()
    {
        using var server = new RawServer();
        var connecting = KodamaClient.ConnectAsync(server.Address);
        using var peer = await server.AcceptWebSocketAsync();
        var client = await connecting.Within();
        using var cancel = new CancellationTokenSource();

        var closing = client.CloseAsync(cancel.Token);
        await peer.ReadFrameAsync();
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => closing.Within());
        await peer.SendCloseAsync(1000);

        await client.DisposeAsync().AsTask().Within();
        await peer.EndsAsync();
    }

    private async Task EndsAsync(KodamaClient client, Task reached, bool dispose)
    {
        using var cancel = new CancellationTokenSource();
        var starting = client.StartAsync(cancel.Token);
        await reached.Within();
        if (dispose) await client.DisposeAsync().AsTask().Within();
        else await cancel.CancelAsync();

        if (dispose) await Assert.ThrowsAsync<ObjectDisposedException>(() => starting.Within());
        else await Assert.ThrowsAnyAsync<OperationCanceledException>(() => starting.Within());
        Assert.Equal(new ClientStatus.Closed(null), client.Status);
        Assert.Equal(0, clock.Timers);
    }
}
