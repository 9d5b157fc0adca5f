using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using Kodama.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Kodama.Server.Tests;

/// <summary>How long a handshake may take, and whose time that is.</summary>
public sealed class GreetingTests : IDisposable
{
    private static readonly SslServerAuthenticationOptions Options =
        TransportTls.Of(SslStreamCertificateContext.Create(TestCertificate.Instance, null, offline: true));

    private readonly FakeClock clock = new();
    private readonly Newcomers newcomers;
    private readonly ManualResetEventSlim answering = new();
    private readonly TaskCompletionSource asked = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public GreetingTests() =>
        newcomers = new Newcomers(new NewcomerLimits(int.MaxValue, int.MaxValue, TimeSpan.Zero), clock);

    public void Dispose()
    {
        answering.Dispose();
        newcomers.Dispose();
    }

    [Theory]
    [InlineData(15, true)]
    [InlineData(75, false)]
    public async Task Handshake_ThatTheHubIsLateWith_HasMoreTime(int seconds, bool succeeds)
    {
        var (client, greeting) = await BeginAsync();
        using var socket = client;
        await using var tls = new SslStream(new NetworkStream(client), leaveInnerStreamOpen: false, (_, _, _, _) => true);
        var handshake = tls.AuthenticateAsClientAsync("kodama.test");
        await asked.Task.Within();

        clock.Advance(TimeSpan.FromSeconds(seconds));
        answering.Set();

        await using var connection = await greeting.Within();
        Assert.Equal(succeeds, connection is not null);
        if (succeeds) await handshake.Within();
        else await Assert.ThrowsAnyAsync<IOException>(() => handshake.Within());
    }

    [Fact]
    public async Task Handshake_ThatTheClientIsLateWith_Ends()
    {
        var (client, greeting) = await BeginAsync();
        using var socket = client;
        await client.SendAsync(new byte[] { 22, 3, 1 });

        await Deadline.UntilAsync(() =>
        {
            clock.Advance(TransportTls.HandshakeTimeout / 10);
            return greeting.IsCompleted;
        });

        Assert.Null(await greeting);
        Assert.True(clock.GetTimestamp() >= TransportTls.HandshakeTimeout.Ticks);
    }

    [Fact]
    public async Task Listener_ThatEnds_EndsHandshakes()
    {
        using var bound = Listen();
        var intake = new Intake(
            new FakeDescriptors { Limit = int.MaxValue }, new NewcomerLimits(int.MaxValue, int.MaxValue, TimeSpan.Zero), clock,
            NullLogger<Intake>.Instance);
        await using var listener = new DetachableListener(bound, new TransportTls(_ => Options), intake, clock, NullLogger.Instance);
        using var client = await ConnectAsync(bound);
        await client.SendAsync(new byte[] { 22, 3, 1 });
        await Deadline.UntilAsync(() => intake.Newcomers.Count == 1);

        await listener.UnbindAsync();

        Assert.True(await EndsAsync(client).Within());
        await Deadline.UntilAsync(() => intake.Newcomers.Count == 0);
    }

    // What the client has said and nobody has read makes the end a reset.
    private static async Task<bool> EndsAsync(Socket client)
    {
        try
        {
            return await client.ReceiveAsync(new byte[1]) == 0;
        }
        catch (SocketException)
        {
            return true;
        }
    }

    // The hub does not answer the hello until it is let.
    private async Task<(Socket Client, Task<DetachableConnection?> Greeting)> BeginAsync()
    {
        using var bound = Listen();
        var client = await ConnectAsync(bound);
        var server = await bound.AcceptAsync();
        var tls = new TransportTls(_ =>
        {
            asked.SetResult();
            answering.Wait(Deadline.Default);
            return Options;
        });
        return (client, new Greeting(server, tls, newcomers, clock, NullLogger.Instance).RunAsync());
    }

    private static Socket Listen()
    {
        var bound = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        bound.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        bound.Listen();
        return bound;
    }

    private static async Task<Socket> ConnectAsync(Socket bound)
    {
        var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await client.ConnectAsync(bound.LocalEndPoint!);
        return client;
    }
}
