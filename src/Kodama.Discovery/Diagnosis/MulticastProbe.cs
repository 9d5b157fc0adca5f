using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace Kodama.Discovery;

/// <summary>Finds out whether multicast works on an interface: whether a question goes out and comes back, and who answers it.</summary>
public static class MulticastProbe
{
    private const int MaxOthers = 256;

    // Shared answers come 20 to 120 ms after the question (RFC 6762 section 6); a second question makes up for a packet that is lost.
    private static readonly TimeSpan[] Waits = [TimeSpan.FromMilliseconds(500), TimeSpan.FromMilliseconds(700)];

    /// <summary>Asks for all services of the link, twice, and listens for 1.2 s.</summary>
    /// <param name="local">One of <see cref="LocalInterfaces.List"/>, used by discovery or not.</param>
    /// <param name="family">IPv4 or IPv6.</param>
    /// <param name="cancellationToken">Ends it early, with an <see cref="OperationCanceledException"/>.</param>
    public static Task<MulticastProbeResult> RunAsync(
        LocalInterface local, AddressFamily family, CancellationToken cancellationToken = default) =>
        RunAsync(local, family, TimeProvider.System, cancellationToken);

    internal static async Task<MulticastProbeResult> RunAsync(
        LocalInterface local, AddressFamily family, TimeProvider time, CancellationToken cancellationToken)
    {
        var heard = new Hearing(local, Question());
        try
        {
            using var socket = MulticastSocket.Open(local.Index, family, MulticastGroup.Port);
            using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            var listening = ListenAsync(socket, family, heard, end.Token);
            foreach (var wait in Waits)
            {
                await socket.SendToAsync(heard.Question, SocketFlags.None, Group(local, family), cancellationToken).ConfigureAwait(false);
                await Task.Delay(wait, time, cancellationToken).ConfigureAwait(false);
            }
            await end.CancelAsync().ConfigureAwait(false);
            await listening.ConfigureAwait(false);
            return new MulticastProbeResult(heard.ComesBack, heard.AnswersHere, [.. heard.Others], null);
        }
        catch (SocketException exception)
        {
            return new MulticastProbeResult(false, false, [.. heard.Others], exception.Message);
        }
    }

    private static async Task ListenAsync(Socket socket, AddressFamily family, Hearing heard, CancellationToken cancellationToken)
    {
        var buffer = new byte[DnsWriter.MaxPacketSize];
        var anyone = new IPEndPoint(family == AddressFamily.InterNetwork ? IPAddress.Any : IPAddress.IPv6Any, 0);
        while (true)
        {
            try
            {
                var received = await socket.ReceiveFromAsync(buffer, SocketFlags.None, anyone, cancellationToken).ConfigureAwait(false);
                heard.Take(buffer.AsSpan(0, received.ReceivedBytes), ((IPEndPoint)received.RemoteEndPoint).Address);
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (SocketException exception) when (exception.SocketErrorCode == SocketError.MessageSize)
            {
                // Larger than any packet of mDNS (RFC 6762 section 17).
            }
        }
    }

    // The second question is for a name that nobody has: it makes the packet one that can be told from all others.
    private static byte[] Question()
    {
        var writer = DnsWriter.Message();
        writer.TryWrite(new DnsQuestion(DnsName.Parse("_services._dns-sd._udp.local"), DnsType.Ptr));
        var unique = string.Create(
            CultureInfo.InvariantCulture, $"kodama-probe-{RandomNumberGenerator.GetHexString(16, lowercase: true)}.local");
        writer.TryWrite(new DnsQuestion(DnsName.Parse(unique), DnsType.A));
        return writer.Finish(default);
    }

    private static IPEndPoint Group(LocalInterface local, AddressFamily family)
    {
        var group = MulticastGroup.Of(family);
        return new IPEndPoint(
            family == AddressFamily.InterNetworkV6 ? new IPAddress(group.GetAddressBytes(), local.Index) : group, MulticastGroup.Port);
    }

    private sealed class Hearing(LocalInterface local, byte[] question)
    {
        private readonly HashSet<IPAddress> own = [.. local.Addresses.Select(a => WithoutScope(a.Address))];

        public byte[] Question => question;

        public HashSet<IPAddress> Others { get; } = [];

        public bool ComesBack { get; private set; }

        public bool AnswersHere { get; private set; }

        public void Take(ReadOnlySpan<byte> packet, IPAddress source)
        {
            if (!own.Contains(WithoutScope(source)))
            {
                if (Others.Count < MaxOthers) Others.Add(source);
            }
            else if (packet.SequenceEqual(question))
            {
                ComesBack = true;
            }
            else if (DnsMessage.TryRead(packet, out var message, out _) && message.IsResponse)
            {
                AnswersHere = true;
            }
        }

        private static IPAddress WithoutScope(IPAddress address) =>
            address.AddressFamily == AddressFamily.InterNetworkV6 ? new IPAddress(address.GetAddressBytes()) : address;
    }
}
