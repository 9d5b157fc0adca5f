using System.Net;
using System.Net.Sockets;

namespace Kodama.Testing;

/// <summary>One connection over a <see cref="RoughProxy"/>.</summary>
internal sealed class RoughConnection(Socket here, Faults faults) : IDisposable
{
    private readonly Socket there = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };

    /// <summary>Whether nothing passes any more, in one direction at least.</summary>
    public bool IsStalled { get; private set; }

    /// <summary>Ends both sides by RST.</summary>
    public void Cut()
    {
        here.Close(0);
        there.Close(0);
    }

    public void Dispose() => Cut();

    public async Task PassAsync(int target)
    {
        try
        {
            here.NoDelay = true;
            await there.ConnectAsync(IPAddress.Loopback, target);
            await Task.WhenAll(PumpAsync(here, there), PumpAsync(there, here));
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // Nobody is there.
        }
        finally
        {
            Cut();
        }
    }

    private async Task PumpAsync(Socket from, Socket to)
    {
        try
        {
            await PassAsync(from, to);
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // Either end has gone, or this one has cut them.
        }
        finally
        {
            Cut();
        }
    }

    private async Task PassAsync(Socket from, Socket to)
    {
        var buffer = new byte[16 * 1024];
        var untilFault = faults.BytesToNext();
        while (true)
        {
            var most = faults.AreOver ? buffer.Length : 1 + faults.Next(faults.Next(10) == 0 ? 8 : 2000);
            var count = await from.ReceiveAsync(buffer.AsMemory(0, most));
            if (count == 0) return;
            if (!faults.AreOver && (untilFault -= count) < 0)
            {
                IsStalled = faults.Stall();
                // Some of what was on its way still arrives, all of it, or nothing, and late.
                await SendAsync(to, buffer.AsMemory(0, faults.Next(count + 1)));
                if (!IsStalled && faults.Next(3) == 0) await Task.Delay(faults.Next(60));
                while (IsStalled && !faults.AreOver && await from.ReceiveAsync(buffer) > 0)
                {
                }
                return;
            }
            if (!faults.AreOver && faults.Next(20) == 0) await Task.Delay(faults.Next(faults.LongestDelay));
            await SendAsync(to, buffer.AsMemory(0, count));
        }
    }

    private static async Task SendAsync(Socket to, ReadOnlyMemory<byte> bytes)
    {
        while (bytes.Length > 0) bytes = bytes[await to.SendAsync(bytes)..];
    }
}
