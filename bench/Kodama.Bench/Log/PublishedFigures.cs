namespace Kodama.Bench.Log;

/// <summary>What others have published of similar work, with where and on what.</summary>
internal static class PublishedFigures
{
    public const string Markdown = """
## What others have published

None of it was measured here, and no row is a race: machines, networks, clients and promises differ, as the last column says.

| who | what | published | how it differs |
|---|---|---|---|
| JetStream | 16 B, memory, an acknowledgement at a time | 35,734/s, 28 us each | one client, one under way, memory |
| JetStream | 16 B, memory, atomic batches of 1,000 | 627,430/s | one client; a batch is acknowledged as one |
| JetStream | 128 B, file, 500 under way | 403,828/s | one client; acknowledged when written, not when synced |
| JetStream | the same by 8 clients, beside 8 ordered consumers | 252,544/s in, 878,326/s out in all | the same |
| JetStream | 100,000 of 128 B read back by an ordered consumer | 1,201,540/s | one reader, and no crowd |
| Centrifugo | 1,000,000 WebSockets, groups of 10, 500,000 deliveries/s | p99 200 ms | small groups; nobody resumes |

- JetStream: [nats bench](https://docs.nats.io/using-nats/nats-tools/nats_cli/natsbench), 2025-10: nats-server 2.12.1 and its clients
  on a MacBook Pro, Apple M4, 10 cores, 16 GB. By default JetStream writes each message to the file system before it acknowledges it, and
  [calls fsync every two minutes](https://docs.nats.io/nats-concepts/jetstream): a power failure may take what was acknowledged. Durable
  rooms of Kodama acknowledge behind an fdatasync. The page has no figure with `sync_interval: always`, which would be the one to
  compare, none of percentiles, and none of a crowd that comes back. Its clients come over TCP; ours of `--durable` publish in the
  hub's own process.
- Centrifugo: [Million connections](https://centrifugal.dev/blog/2020/02/10/million-connections-with-centrifugo), 2020-02-10: 20 pods
  of servers made with its library in Kubernetes on Xeon E5-2640 v4, 5 Redis, 100 pods of clients, Protobuf: a cluster over a network.
  Kodama here is one process on one core beside its load, and speaks JSON. There is no figure of a crowd that recovers what it missed.
""";
}
