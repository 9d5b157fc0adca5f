using System.Collections.Concurrent;
using System.Net;
using System.Threading.Channels;

namespace Kodama.Discovery.Tests;

/// <summary>Keeps what it is told.</summary>
internal sealed class RecordingListener : IMulticastListener
{
    private readonly Channel<(IMulticastLink Link, byte[] Bytes, IPEndPoint Source, bool ToMulticast)> packets =
        Channel.CreateUnbounded<(IMulticastLink, byte[], IPEndPoint, bool)>();

    public ConcurrentQueue<string> Events { get; } = [];
    public ConcurrentQueue<DiscoveryError> Errors { get; } = [];
    public List<IMulticastLink> Links { get; } = [];

    public void LinkUp(IMulticastLink link)
    {
        Links.Add(link);
        Events.Enqueue($"up {link}");
    }

    public void LinkChanged(IMulticastLink link) => Events.Enqueue($"changed {link}");

    public void LinkDown(IMulticastLink link) => Events.Enqueue($"down {link}");

    public void Resumed() => Events.Enqueue("resumed");

    public void Received(IMulticastLink link, MulticastPacket packet) =>
        packets.Writer.TryWrite((link, packet.Bytes.ToArray(), packet.Source, packet.ToMulticast));

    public void Failed(DiscoveryError error) => Errors.Enqueue(error);

    /// <summary>The next packet that begins with these bytes; the machine's own responders may chatter on the same port.</summary>
    public async Task<(IMulticastLink Link, byte[] Bytes, IPEndPoint Source, bool ToMulticast)> ReceiveAsync(byte[] expected)
    {
        while (true)
        {
            var packet = await packets.Reader.ReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(30));
            if (packet.Bytes.AsSpan().SequenceEqual(expected)) return packet;
        }
    }
}
