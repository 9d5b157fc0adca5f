using System.Net;
using System.Net.Sockets;

namespace Kodama.Discovery;

/// <summary>A link over a socket, which this owns.</summary>
internal sealed class MulticastLink : IMulticastLink, IDisposable
{
    // RFC 6762 section 17; one byte more shows what is larger.
    private const int BufferSize = DnsWriter.MaxPacketSize + 1;
    private const int MaxErrorsInARow = 16;

    private readonly Socket socket;
    private readonly MulticastNetwork network;
    private readonly IPEndPoint group;
    private volatile bool failing;
    private volatile bool disposed;

    public MulticastLink(MulticastNetwork network, LocalInterface local, AddressFamily family, int port)
    {
        this.network = network;
        Interface = local;
        Family = family;
        socket = MulticastSocket.Open(local.Index, family, port);
        var address = MulticastGroup.Of(family);
        group = new IPEndPoint(
            family == AddressFamily.InterNetworkV6 ? new IPAddress(address.GetAddressBytes(), local.Index) : address, MulticastGroup.Port);
    }

    public LocalInterface Interface { get; set; }

    public AddressFamily Family { get; }

    /// <summary>Its socket reads no more; the network replaces it.</summary>
    public bool IsBroken { get; private set; }

    /// <summary>Ends with the link.</summary>
    public Task Reading { get; private set; } = Task.CompletedTask;

    public void Send(ReadOnlySpan<byte> packet) => SendTo(packet, group);

    public void SendTo(ReadOnlySpan<byte> packet, IPEndPoint receiver)
    {
        try
        {
            socket.SendTo(packet, SocketFlags.None, receiver);
            failing = false;
        }
        catch (SocketException) when (disposed)
        {
        }
        catch (ObjectDisposedException)
        {
        }
        catch (SocketException e)
        {
            // Said once, not for every packet until it works again; a full buffer is no failure.
            if (failing || e.SocketErrorCode == SocketError.WouldBlock) return;
            failing = true;
            network.Failed($"Discovery cannot send on {this}: {e.Message}. It is tried again with the next packet.", e);
        }
    }

    public void StartReading() => Reading = ReadAsync();

    public override string ToString() => $"{Interface.Name} ({(Family == AddressFamily.InterNetwork ? "IPv4" : "IPv6")})";

    // That a receiver of ours was not there, or that a packet was too large, which Windows tells as errors: a neighbour could cause any
    // number of them.
    private static bool IsAboutOnePacket(SocketError error) =>
        error is SocketError.ConnectionReset or SocketError.NetworkReset or SocketError.MessageSize;

    public void Dispose()
    {
        disposed = true;
        socket.Dispose();
    }

    private async Task ReadAsync()
    {
        await Task.Yield();
        var buffer = GC.AllocateUninitializedArray<byte>(BufferSize);
        var anyone = new IPEndPoint(Family == AddressFamily.InterNetwork ? IPAddress.Any : IPAddress.IPv6Any, 0);
        for (var errors = 0; !disposed;)
        {
            try
            {
                var received = await socket.ReceiveMessageFromAsync(buffer, SocketFlags.None, anyone).ConfigureAwait(false);
                errors = 0;
                if (received.ReceivedBytes == BufferSize || (received.SocketFlags & SocketFlags.Truncated) != 0) continue;
                network.Received(
                    this, buffer.AsMemory(0, received.ReceivedBytes), (IPEndPoint)received.RemoteEndPoint, received.PacketInformation);
            }
            catch (Exception) when (disposed)
            {
                return;
            }
            catch (SocketException e) when (IsAboutOnePacket(e.SocketErrorCode) || ++errors < MaxErrorsInARow)
            {
                // Such as that the network went down: it may come back.
            }
            catch (Exception e)
            {
                IsBroken = true;
                network.Failed($"Discovery cannot receive on {this}: {e.Message}. Its socket is opened anew.", e);
                return;
            }
        }
    }
}
