using System.Buffers;
using System.Net;
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

    public enum Ending
    {
        Close,
        Reset,
        HalfClose,
    }

    [Fact]
    public async Task Detach_WhileTheClientSends_LosesAndDoublesNothing()
    {
        const int Messages = 6;
        for (var round = 0; round < Rounds; round++)
        {
            var (client, connection) = await PairAsync();
            var handler = new Recorder();
            var webSocket = Over(connection, handler);

            var sending = Task.Run(() =>
            {
                for (var i = 0; i < Messages; i++)
                {
                    client.Send(RawFrame.OfText($"{i}"));
                    Thread.SpinWait(50 * (round % 40));
                }
            });
            Thread.SpinWait(100 * (round % 60));
            await HandOverAsync(connection, webSocket);
            await sending.Within();
            client.Send(RawFrame.OfClose(1000));

            await handler.Closed.Task.Within();
            Assert.Equal(Enumerable.Range(0, Messages).Select(i => $"{i}"), handler.Messages);
            await connection.DisposeAsync();
            client.Dispose();
        }
    }

    [Theory]
    [InlineData(Ending.Close)]
    [InlineData(Ending.Reset)]
    [InlineData(Ending.HalfClose)]
    public async Task Detach_WhileTheClientGoes_EndsOnce(Ending ending)
    {
        for (var round = 0; round < Rounds; round++)
        {
            var (client, connection) = await PairAsync();
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

    [Fact]
    public async Task Abort_WhileTheConnectionIsDetached_NeverLeavesIt()
    {
        for (var round = 0; round < Rounds; round++)
        {
            var (client, connection) = await PairAsync();
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
        var (client, connection) = await PairAsync(log);
        using var registration = connection.ConnectionClosed.Register(() => throw new InvalidOperationException("the callback's fault"));

        client.Dispose();

        await Deadline.UntilAsync(() => log.Errors.Any(e => e.Id.Id == 212));
        await connection.DisposeAsync();
    }

    [Fact]
    public async Task End_ByAReset_IsToldToKestrelAsOne()
    {
        var (client, connection) = await PairAsync();
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

    private static async Task<(Socket Client, DetachableConnection Server)> PairAsync(LogRecorder? log = null)
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await client.ConnectAsync(listener.LocalEndPoint!);
        var newcomers = new Newcomers(new NewcomerLimits(int.MaxValue, int.MaxValue, TimeSpan.Zero), new FakeClock());
        return (client, new DetachableConnection(
            await listener.AcceptAsync(), newcomers, TimeProvider.System, log?.CreateLogger("transport") ?? NullLogger.Instance));
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
