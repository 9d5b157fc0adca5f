using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Kodama.Testing;

namespace Kodama.Server.Tests;

/// <summary>As many connections as the process may hold, from several addresses: they join, hear one broadcast and leave.</summary>
[Collection(nameof(CrowdTests))]
[CollectionDefinition(nameof(CrowdTests), DisableParallelization = true)]
public sealed class CrowdTests
{
    private const int Wanted = 9_000;

    // Both ends of a connection are in this process; the rest is for the runtime and for connections of earlier tests that are still
    // closing.
    private const int DescriptorsForOthers = 1_500;
    private const int Fewest = 1_000;
    private const int Connecting = 64;

    [Fact]
    public async Task Crowd_OfThousands_JoinsHearsAndLeaves()
    {
        var count = Math.Min(Wanted, (DescriptorLimit() - DescriptorsForOthers) / 2);
        Assert.SkipUnless(
            count >= Fewest,
            $"ulimit -n is {DescriptorLimit()}: room for {count} connections, fewer than the {Fewest} that would be a crowd.");
        // Nobody here answers a ping, and on a busy machine it takes a while until all are there.
        await using var hub = await TestHub.StartAsync(o => o.PingInterval = TimeSpan.Zero);
        var members = new Socket[count];
        using var places = new SemaphoreSlim(Connecting);

        await Task.WhenAll(Enumerable.Range(0, count).Select(async i =>
        {
            await places.WaitAsync();
            try
            {
                members[i] = await JoinAsync(hub, i);
            }
            finally
            {
                places.Release();
            }
        })).Within(TimeSpan.FromMinutes(2));
        await Deadline.UntilAsync(() => hub.Hub.FindRoom("lobby")?.PeerCount == count);

        Assert.Equal(count, hub.Hub.Send("hello, all"));
        var heard = await Task.WhenAll(members.Select(m => ReadAsync(m, 12))).Within(TimeSpan.FromMinutes(1));
        byte[] frame = [0x81, 10, .. "hello, all"u8];
        Assert.All(heard, h => Assert.True(frame.AsSpan().SequenceEqual(h)));

        foreach (var member in members) member.Dispose();
        await hub.EmptiesAsync();
        Assert.Empty(hub.Log.Errors);
    }

    private static async Task<Socket> JoinAsync(TestHub hub, int number)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        socket.Bind(new IPEndPoint(new IPAddress([127, 0, 0, (byte)(2 + number % 8)]), 0));
        await socket.ConnectAsync(IPAddress.Loopback, hub.Http.Port);
        await socket.SendAsync(Encoding.ASCII.GetBytes(
            $"GET /ws HTTP/1.1\r\nHost: {hub.Http.Authority}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
            + $"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {RawClient.Key}\r\n\r\n"));
        // Nothing comes behind the head before the broadcast.
        var head = new byte[1024];
        var length = 0;
        while (!head.AsSpan(0, length).EndsWith("\r\n\r\n"u8))
        {
            var read = await socket.ReceiveAsync(head.AsMemory(length));
            if (read == 0) throw new EndOfStreamException();
            length += read;
        }
        Assert.StartsWith("HTTP/1.1 101 ", Encoding.ASCII.GetString(head), StringComparison.Ordinal);
        return socket;
    }

    private static async Task<byte[]> ReadAsync(Socket socket, int count)
    {
        var bytes = new byte[count];
        for (var read = 0; read < count;)
        {
            var now = await socket.ReceiveAsync(bytes.AsMemory(read));
            if (now == 0) throw new EndOfStreamException();
            read += now;
        }
        return bytes;
    }

    private static int DescriptorLimit()
    {
        if (!OperatingSystem.IsLinux()) return int.MaxValue;
        var line = File.ReadLines("/proc/self/limits").First(l => l.StartsWith("Max open files", StringComparison.Ordinal));
        var soft = line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[3];
        return int.TryParse(soft, CultureInfo.InvariantCulture, out var limit) ? limit : int.MaxValue;
    }
}
