using System.Buffers;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using Kodama.Testing;
using Kodama.WebSockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging.Abstractions;

namespace Kodama.Server.Tests;

/// <summary>The handing over itself, against a client that sends or goes at any moment of it.</summary>
public sealed class DetachableConnectionTests
{
    private const int Rounds = 300;

    // A handshake takes as long as a dozen of the rest.
    private const int TlsRounds = 60;

    public enum Ending
    {
        Close,
        Reset,
        HalfClose,
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Detach_WhileTheClientSends_LosesAndDoublesNothing(bool tls)
    {
        const int Messages = 6;
        for (var round = 0; round < (tls ? TlsRounds : Rounds); round++)
        {
            var (client, stream, connection) = await PairAsync(tls);
            var handler = new Recorder();
            var webSocket = Over(connection, handler);

            var sending = Task.Run(() =>
            {
                for (var i = 0; i < Messages; i++)
                {
                    stream.Write(RawFrame.OfText($"{i}"));
                    Thread.SpinWait(50 * (round % 40));
                }
            });
            Thread.SpinWait(100 * (round % 60));
            await HandOverAsync(connection, webSocket);
            await sending.Within();
            await stream.WriteAsync(RawFrame.OfClose(1000));

            await handler.Closed.Task.Within();
            Assert.Equal(Enumerable.Range(0, Messages).Select(i => $"{i}"), handler.Messages);
            await connection.DisposeAsync();
            client.Dispose();
        }
    }

    [Theory]
    [InlineData(Ending.Close, false)]
    [InlineData(Ending.Reset, false)]
    [InlineData(Ending.HalfClose, false)]
    [InlineData(Ending.Close, true)]
    [InlineData(Ending.Reset, true)]
    [InlineData(Ending.HalfClose, true)]
    public async Task Detach_WhileTheClientGoes_EndsOnce(Ending ending, bool tls)
    {
        for (var round = 0; round < (tls ? TlsRounds : Rounds); round++)
        {
            var (client, _, connection) = await PairAsync(tls);
            var handler = new Recorder();
            var webSocket = Over(connection, handler);

            var going = Task.Run(() =>
            {
                Thread.SpinWait(100 * (round % 60));
                if (ending == Ending.Reset) client.LingerState = new LingerOption(true, 0);
                if (ending == Ending.HalfClose) client.Shutdown(SocketShutdown.Send);
                else client.Dispose();
            });
            await HandOverAsync(connection, webSocket);
            await going.Within();

            await handler.Closed.Task.Within();
            await connection.DisposeAsync();
            client.Dispose();
            Assert.Equal(1, handler.Endings);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Abort_WhileTheConnectionIsDetached_NeverLeavesIt(bool tls)
    {
        for (var round = 0; round < (tls ? TlsRounds : Rounds); round++)
        {
            var (client, _, connection) = await PairAsync(tls);
            var handler = new Recorder();
            var webSocket = Over(connection, handler);

            var aborting = Task.Run(() =>
            {
                Thread.SpinWait(100 * (round % 60));
                connection.Abort(new ConnectionAbortedException());
            });
            await HandOverAsync(connection, webSocket);
            await aborting.Within();
            webSocket.Abort("enough");

            await handler.Closed.Task.Within();
            await connection.DisposeAsync();
            client.Dispose();
        }
    }

    [Fact]
    public async Task ConnectionClosed_WhoseCallbackThrows_IsLoggedOnly()
    {
        using var log = new LogRecorder();
        var (client, _, connection) = await PairAsync(tls: false, log);
        using var registration = connection.ConnectionClosed.Register(() => throw new InvalidOperationException("the callback's fault"));

        client.Dispose();

        await Deadline.UntilAsync(() => log.Errors.Any(e => e.Id.Id == 212));
        await connection.DisposeAsync();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task End_ByAReset_IsToldToKestrelAsOne(bool tls)
    {
        var (client, _, connection) = await PairAsync(tls);
        client.LingerState = new LingerOption(true, 0);

        client.Dispose();

        await Assert.ThrowsAsync<ConnectionResetException>(async () => await connection.Transport.Input.ReadAsync().Within());
        await connection.DisposeAsync();
    }

    private static async Task HandOverAsync(DetachableConnection connection, WebSocketConnection webSocket)
    {
        await connection.StopReadingAsync().Within();
        var early = Array.Empty<byte>();
        try
        {
            while (true)
            {
                var read = await connection.Transport.Input.ReadAsync().Within();
                if (read.IsCompleted)
                {
                    early = read.Buffer.ToArray();
                    break;
                }
                connection.Transport.Input.AdvanceTo(read.Buffer.Start, read.Buffer.End);
            }
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException)
        {
            // The client is gone already.
        }
        connection.Detach(webSocket, early);
    }

    private static WebSocketConnection Over(DetachableConnection connection, Recorder recorder) => new(
        connection.Duplex, WebSocketRole.Server, new MessageReader(WebSocketRole.Server, MessageReaderOptions.Default), recorder, recorder,
        new ConnectionOptions());

    private static async Task<(Socket Client, Stream Stream, DetachableConnection Server)> PairAsync(bool tls, LogRecorder? log = null)
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await client.ConnectAsync(listener.LocalEndPoint!);
        var server = await listener.AcceptAsync();
        var newcomers = new Newcomers(new NewcomerLimits(int.MaxValue, int.MaxValue, TimeSpan.Zero), new FakeClock());
        var logger = log?.CreateLogger("transport") ?? NullLogger.Instance;
        var stream = new NetworkStream(client);
        if (!tls) return (client, stream, new DetachableConnection(new PlainWire(server), newcomers, TimeProvider.System, logger));
        var options = TransportTls.Of(SslStreamCertificateContext.Create(TestCertificate.Instance, null, offline: true));
        var greeting = new Greeting(server, new TransportTls(_ => options), newcomers, TimeProvider.System, logger).RunAsync();
        var secured = new SslStream(stream, leaveInnerStreamOpen: false, (_, _, _, _) => true);
        await secured.AuthenticateAsClientAsync("kodama.test").Within();
        return (client, secured, (await greeting.Within())!);
    }

    private sealed class Recorder : IWebSocketHandler, IFrameSource
    {
        private int endings;

        public List<string> Messages { get; } = [];

        public TaskCompletionSource Closed { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        /// <summary>How often it was told that it is over.</summary>
        public int Endings => Volatile.Read(ref endings);

        public ValueTask OnMessageAsync(MessageType type, ReadOnlyMemory<byte> payload)
        {
            Messages.Add(Encoding.UTF8.GetString(payload.Span));
            return ValueTask.CompletedTask;
        }

        public void OnReadCompleted()
        {
        }

        public void OnEnding()
        {
        }

        public void OnClosed(ushort code, string reason)
        {
            Interlocked.Increment(ref endings);
            Closed.TrySetResult();
        }

        public void OnFailed(Exception exception) => Closed.TrySetException(exception);

        public ReadOnlyMemory<byte> Peek() => default;

        public bool TryAppend(ReadOnlySpan<byte> frame) => false;

        public void Complete()
        {
        }

        public void Advance(int count)
        {
        }

        public void Blocked()
        {
        }

        public void Close()
        {
        }
    }
}
