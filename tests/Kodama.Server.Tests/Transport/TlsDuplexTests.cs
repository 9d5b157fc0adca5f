using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using Kodama.Testing;
using Kodama.WebSockets;

namespace Kodama.Server.Tests;

/// <summary>TLS over a socket, whose goodbye and end may come while the other side still speaks.</summary>
public sealed class TlsDuplexTests
{
    private const int Rounds = 300;
    private const int AtOnce = 3;

    private static readonly SslServerAuthenticationOptions Options =
        TransportTls.Of(SslStreamCertificateContext.Create(TestCertificate.Instance, null, offline: true));

    [Fact]
    public Task Goodbye_WhileTheOtherSideSpeaks_AndTwice_HarmsNothing() =>
        // OpenSSL's state is for one thread at a time: what goes wrong here ends the process.
        Task.WhenAll(Enumerable.Range(0, AtOnce).Select(at => Task.Run(() => SayGoodbyeAsync(at))));

    private static async Task SayGoodbyeAsync(int at)
    {
        for (var round = 0; round < Rounds; round++)
        {
            var (client, socket, duplex, reader) = await PairAsync();
            using var over = new CancellationTokenSource();
            var speaking = Task.Run(() => SpeakAsync(client, over.Token));
            await reader.HasHeard.Task.Within();

            using var together = new Barrier(2);
            void Say()
            {
                together.SignalAndWait();
                duplex.CompleteSending();
            }
            var (one, other) = (new Thread(Say), new Thread(Say));
            one.Start();
            other.Start();
            one.Join();
            other.Join();
            Thread.SpinWait(100 * ((round + at) % 50));
            duplex.Dispose();

            await reader.Ended.Task.Within();
            await over.CancelAsync();
            await speaking.Within();
            await client.DisposeAsync();
            socket.Dispose();
        }
    }

    [Fact]
    public async Task Send_BesideDispose_FailsAsATransfer()
    {
        for (var round = 0; round < Rounds; round++)
        {
            var (client, socket, duplex, reader) = await PairAsync();
            var sending = Task.Run(() =>
            {
                while (duplex.Send("Hello"u8.ToArray(), out var transfer) && transfer.Error is null)
                {
                }
            });

            Thread.SpinWait(100 * (round % 50));
            duplex.Dispose();

            await sending.Within();
            await reader.Ended.Task.Within();
            await client.DisposeAsync();
            socket.Dispose();
        }
    }

    [Fact]
    public async Task Receive_HandsNothingOfItsCallerOn()
    {
        var local = new AsyncLocal<string>();
        var (client, socket, duplex, reader) = await PairAsync(() => local.Value, () => local.Value = "a request's");

        await client.WriteAsync("Hello"u8.ToArray());
        await reader.HasHeard.Task.Within();

        Assert.Null(reader.Seen);
        duplex.Dispose();
        await client.DisposeAsync();
        socket.Dispose();
    }

    private static async Task SpeakAsync(SslStream client, CancellationToken over)
    {
        var record = new byte[200];
        try
        {
            while (!over.IsCancellationRequested) await client.WriteAsync(record, over);
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException or InvalidOperationException)
        {
            // Cut off, as it should be.
        }
    }

    private static async Task<(SslStream Client, Socket Socket, TlsDuplex Duplex, Reader Reader)> PairAsync(
        Func<string?>? look = null, Action? before = null)
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(listener.LocalEndPoint!);
        var stream = new SocketStream(await listener.AcceptAsync());
        var server = new SslStream(stream, leaveInnerStreamOpen: true);
        var client = new SslStream(new NetworkStream(socket), false, (_, _, _, _) => true);
        await Task.WhenAll(server.AuthenticateAsServerAsync(Options), client.AuthenticateAsClientAsync("kodama.test")).Within();
        var duplex = new TlsDuplex(server, stream);
        before?.Invoke();
        return (client, socket, duplex, new Reader(duplex, look));
    }

    /// <summary>Reads as a connection does, until the end.</summary>
    private sealed class Reader : IDuplexOwner
    {
        private readonly Duplex duplex;
        private readonly Func<string?>? look;
        private readonly byte[] buffer = new byte[4096];
        private bool waits = true;

        public Reader(Duplex duplex, Func<string?>? look)
        {
            this.duplex = duplex;
            this.look = look;
            duplex.Owner = this;
            if (duplex.Receive(default, out var transfer)) Run(transfer);
        }

        public TaskCompletionSource HasHeard { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource Ended { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public string? Seen { get; private set; }

        public void OnReceived(Transfer transfer)
        {
            Seen = look?.Invoke();
            Run(transfer);
        }

        public void OnSent(Transfer transfer)
        {
        }

        private void Run(Transfer transfer)
        {
            do
            {
                if (transfer.Error is not null || (!waits && transfer.Count == 0))
                {
                    Ended.TrySetResult();
                    return;
                }
                if (!waits) HasHeard.TrySetResult();
                waits = !waits;
            }
            while (duplex.Receive(waits ? default : buffer, out transfer));
        }
    }
}
