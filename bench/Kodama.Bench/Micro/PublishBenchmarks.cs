using BenchmarkDotNet.Attributes;

namespace Kodama.Bench.Micro;

/// <summary>
/// One message through the rules into a room, encoded once, into every peer's outbox and out of it again: the hub's whole share of a
/// fan-out, without sockets. Divide by <see cref="Peers"/> for the cost of a delivery.
/// </summary>
[MemoryDiagnoser]
public class PublishBenchmarks
{
    private readonly byte[] _payload = Wire.Text(64);
    private Hub _hub = new();
    private Peer? _sender;

    [Params(1, 200)]
    public int Peers { get; set; }

    /// <summary>Messages published before a flush: what one read of a busy sender brings in.</summary>
    [Params(1, 100)]
    public int Batch { get; set; }

    [GlobalSetup]
    public async Task Setup()
    {
        _hub = new Hub();
        for (var i = 0; i <= Peers; i++)
        {
            var link = new Drain();
            var admission = await _hub.AdmitAsync(new PeerDescription { Door = "bench", Encoder = CopyEncoder.Instance }, link);
            link.Peer = admission.Peer!;
            _hub.Join(link.Peer, "room");
            _sender = link.Peer;
        }
    }

    [Benchmark(OperationsPerInvoke = 100)]
    public async ValueTask Publish()
    {
        var room = _sender!.Room!;
        for (var sent = 0; sent < 100; sent += Batch)
        {
            var batch = FlushBatch.Rent();
            for (var i = 0; i < Batch; i++)
            {
                var published = await _hub.PublishAsync(_sender, room, Payload.OfText(_payload), Message.DefaultEvent, batch);
                if (published.Receivers != Peers) throw new InvalidOperationException("A peer was missed.");
            }
            batch.Dispose();
        }
    }

    private sealed class CopyEncoder : IMessageEncoder
    {
        public static readonly CopyEncoder Instance = new();

        public Frame Encode(in Message message) => Frame.Copy(message.Payload.Bytes.Span);
    }

    /// <summary>A connection that takes everything at once.</summary>
    private sealed class Drain : IPeerLink
    {
        public Peer? Peer { get; set; }

        public void Flush()
        {
            while (Peer!.Outbox.Peek() is { Length: > 0 } run) Peer.Outbox.Advance(run.Length);
        }

        public void Close(CloseReason reason)
        {
        }
    }
}
