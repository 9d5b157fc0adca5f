using System.Net;
using System.Net.Sockets;
using Kodama.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Kodama.Server.Tests;

public sealed class DetachableListenerTests : IAsyncDisposable
{
    private const int Backlog = 4;
    private const int Many = 64;

    private readonly Intake intake = new(
        new FakeDescriptors { Limit = int.MaxValue },
        new NewcomerLimits(int.MaxValue, int.MaxValue, TimeSpan.Zero),
        TimeProvider.System,
        NullLogger<Intake>.Instance);

    private readonly List<Socket> clients = [];
    private readonly DetachableListener listener;

    public DetachableListenerTests()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        socket.Listen(Backlog);
        listener = new DetachableListener(socket, tls: null, intake, TimeProvider.System, NullLogger.Instance);
    }

    [Fact]
    public async Task Crowd_WhileNobodyAsksForIt_DoesNotWaitInTheBacklog()
    {
        // Who comes to a full backlog would be told nothing for a second, and then for two, four, eight.
        for (var i = 0; i < Many; i++) await ConnectAsync();

        for (var i = 0; i < Many; i++)
        {
            await using var connection = await listener.AcceptAsync().AsTask().Within();
            Assert.Equal(clients[i].LocalEndPoint, connection!.RemoteEndPoint);
        }
    }

    [Fact]
    public async Task Unbind_HandsOutWhoHasComeAndThenEnds()
    {
        await ConnectAsync();
        await using (var first = await listener.AcceptAsync().AsTask().Within()) Assert.NotNull(first);
        var pending = listener.AcceptAsync().AsTask();
        Assert.False(pending.IsCompleted);

        await listener.UnbindAsync();

        Assert.Null(await pending.Within());
        await Assert.ThrowsAsync<SocketException>(ConnectAsync);
    }

    [Fact]
    public async Task Dispose_EndsThoseWhoWait()
    {
        var client = await ConnectAsync();

        await listener.DisposeAsync().AsTask().Within();

        try
        {
            Assert.Equal(0, await client.ReceiveAsync(new byte[1]).Within());
        }
        catch (SocketException exception)
        {
            // The kernel ends those that were still in its backlog.
            Assert.Equal(SocketError.ConnectionReset, exception.SocketErrorCode);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await listener.DisposeAsync();
        foreach (var client in clients) client.Dispose();
        intake.Dispose();
    }

    private async Task<Socket> ConnectAsync()
    {
        var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        clients.Add(client);
        await client.ConnectAsync(listener.EndPoint).Within();
        return client;
    }
}
