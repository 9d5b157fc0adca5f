using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;

namespace Kodama.Server;

/// <summary>Accepts sockets as <see cref="DetachableConnection"/>s, as long as there is room; else those that come wait in the
/// backlog.</summary>
/// <remarks>
/// On a thread that does nothing else. Where those who came before keep the processor busy, a crowd fills the backlog within a tenth of a
/// second, and whom the kernel has no place for asks again only after a second (RFC 6298 section 2.1).
/// </remarks>
internal sealed class DetachableListener : IConnectionListener
{
    // Accepted, and still to be looked at: as many as a hub has peers by default. One that the kernel turns away comes again after 1 s, and
    // then after 2, 4, 8: what took the others 5 s would take it 15.
    private const int MostWaiting = 16 * 1024;

    private const int StackSize = 256 * 1024;

    // Handshakes of TLS under way, each with some 40 KB; who comes beyond waits as a socket. Newcomers bound those that stay.
    private const int MostGreetings = 4096;

    private readonly Socket socket;
    private readonly Intake intake;
    private readonly TimeProvider time;
    private readonly ILogger logger;

    // To ask is to count: the fewer there are, the sooner it is worth it.
    private readonly TimeSpan shortageDelay;

    private readonly Channel<Socket> waiting =
        Channel.CreateBounded<Socket>(new BoundedChannelOptions(MostWaiting) { SingleWriter = true });
    private readonly CancellationTokenSource unbound = new();

    // Those that have come through their handshake. Newcomers are bounded, and so are these.
    private readonly Channel<DetachableConnection>? greeted;

    /// <summary>Begins to accept.</summary>
    /// <param name="socket">Listens already; the listener's from now on.</param>
    /// <param name="tls">How it speaks TLS, or null for none.</param>
    /// <param name="intake">Who may come in.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">For what goes wrong.</param>
    public DetachableListener(Socket socket, TransportTls? tls, Intake intake, TimeProvider time, ILogger logger)
    {
        this.socket = socket;
        this.intake = intake;
        this.time = time;
        this.logger = logger;
        EndPoint = socket.LocalEndPoint!;
        shortageDelay = TimeSpan.FromMilliseconds(Math.Clamp(intake.Limit / 100, 2, 100));
        if (tls is not null)
        {
            greeted = Channel.CreateUnbounded<DetachableConnection>();
            _ = GreetAllAsync(greeted.Writer, tls);
        }
        new Thread(AcceptAll, StackSize) { IsBackground = true, Name = $"Accept {EndPoint}" }.Start();
    }

    public EndPoint EndPoint { get; }

    public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
    {
        if (greeted is not null) return await NextGreetedAsync(greeted.Reader, cancellationToken);
        while (await waiting.Reader.WaitToReadAsync(cancellationToken))
        {
            if (waiting.Reader.TryRead(out var accepted) && Connect(accepted) is { } connection) return connection;
        }
        return null;
    }

    public ValueTask UnbindAsync(CancellationToken cancellationToken = default)
    {
        unbound.Cancel();
        socket.Dispose();
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        await UnbindAsync();
        await foreach (var accepted in waiting.Reader.ReadAllAsync()) accepted.Dispose();
        while (greeted?.Reader.TryRead(out var connection) ?? false) await connection.DisposeAsync();
    }

    private static async ValueTask<ConnectionContext?> NextGreetedAsync(
        ChannelReader<DetachableConnection> greeted, CancellationToken cancellationToken)
    {
        while (await greeted.WaitToReadAsync(cancellationToken))
        {
            if (greeted.TryRead(out var connection)) return connection;
        }
        return null;
    }

    // The last of them may end after the listener.
    private static void Release(SemaphoreSlim places)
    {
        try
        {
            places.Release();
        }
        catch (ObjectDisposedException)
        {
            // Nobody waits for a place any more.
        }
    }

    private async Task GreetAllAsync(ChannelWriter<DetachableConnection> done, TransportTls how)
    {
        using var places = new SemaphoreSlim(MostGreetings);
        await foreach (var accepted in waiting.Reader.ReadAllAsync())
        {
            await places.WaitAsync();
            if (TryTake(accepted)) _ = GreetAsync(accepted, done, how, places);
            else places.Release();
        }
        done.Complete();
    }

    private async Task GreetAsync(Socket accepted, ChannelWriter<DetachableConnection> done, TransportTls how, SemaphoreSlim places)
    {
        try
        {
            var greeting = new Greeting(accepted, how, intake.Newcomers, time, logger);
            // Who is still in its handshake then has come too late.
            using var ending = unbound.Token.UnsafeRegister(static greeting => ((Greeting)greeting!).Drop(), greeting);
            var connection = await greeting.RunAsync();
            if (connection is not null && !done.TryWrite(connection)) await connection.DisposeAsync();
        }
        catch (Exception exception)
        {
            // Nobody else's affair.
            TransportLog.AcceptFailed(logger, exception);
            accepted.Dispose();
        }
        finally
        {
            Release(places);
        }
    }

    private void AcceptAll()
    {
        while (!unbound.IsCancellationRequested)
        {
            try
            {
                WaitForRoom();
                Pass(socket.Accept());
            }
            catch (Exception exception) when (IsEnd(exception))
            {
                break;
            }
            catch (SocketException exception)
                when (exception.SocketErrorCode is SocketError.TooManyOpenSockets or SocketError.NoBufferSpaceAvailable)
            {
                // The system's own limit, or one that has been lowered since the start.
                intake.TellShortage();
                Wait();
            }
            catch (SocketException exception)
            {
                TransportLog.AcceptFailed(logger, exception);
            }
        }
        waiting.Writer.Complete();
    }

    // Nobody has to go for nobody: only for one that waits.
    private void WaitForRoom()
    {
        while (!intake.TryTake())
        {
            if (socket.Poll(TimeSpan.Zero, SelectMode.SelectRead) && intake.TryMakeRoom()) return;
            Wait();
        }
    }

    private void Wait()
    {
        unbound.Token.WaitHandle.WaitOne(shortageDelay);
        unbound.Token.ThrowIfCancellationRequested();
    }

    private void Pass(Socket accepted)
    {
        while (!waiting.Writer.TryWrite(accepted)) waiting.Writer.WaitToWriteAsync(CancellationToken.None).AsTask().Wait();
    }

    private DetachableConnection? Connect(Socket accepted)
    {
        if (!TryTake(accepted)) return null;
        try
        {
            return new DetachableConnection(new PlainWire(accepted), intake.Newcomers, time, logger);
        }
        catch (SocketException exception)
        {
            TransportLog.AcceptFailed(logger, exception);
            accepted.Dispose();
            return null;
        }
    }

    /// <summary>False for one that has gone already, which is closed.</summary>
    private bool TryTake(Socket accepted)
    {
        try
        {
            if (!intake.IsShort || !HasGone(accepted))
            {
                accepted.NoDelay = true;
                return true;
            }
        }
        catch (SocketException exception)
        {
            TransportLog.AcceptFailed(logger, exception);
        }
        accepted.Dispose();
        return false;
    }

    // A crowd that has given up while it waited must not pass through HTTP, a few at a time, before the next is let in.
    private static bool HasGone(Socket accepted) => accepted.Poll(TimeSpan.Zero, SelectMode.SelectRead) && accepted.Available == 0;

    private static bool IsEnd(Exception exception) => exception is ObjectDisposedException or OperationCanceledException
        or SocketException { SocketErrorCode: SocketError.OperationAborted or SocketError.Interrupted };
}
