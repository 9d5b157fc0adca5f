namespace Kodama.Bench.Log;

/// <summary>What others have published of similar work, with where and on what.</summary>
internal static class PublishedFigures
{
    public const string Markdown = """
        ## What others have published

        None of it was measured here, and no row is a race: machines, networks, clients and promises differ, as the last column says.

        | who | what | published | how it differs |
        |---|---|---|---|
        | JetStream (nats-server 2.12.1) | one client publishes 100,000 of 16 B, memory, an acknowledgement at a time | 35,734/s, 28 us each | one client, one under way, kept in memory |
        | | one client publishes 100,000 of 16 B, memory, batches of 1,000 | 627,430/s | a batch is acknowledged as one |
        | | one client publishes 100,000 of 128 B, file, 500 under way | 403,828/s | acknowledged when written, not when synced |
        | | the same by 8 clients, beside 8 ordered consumers | 252,544/s in, 878,326/s out in all | the same |
        | | an ordered consumer reads back 100,000 of 128 B | 1,201,540/s | one reader, of what is stored; no crowd |
        | Centrifugo (its library) | 1,000,000 WebSockets in groups of 10, some 500,000 messages/s to them | p99 of the delivery 200 ms | many small groups; nobody resumes |

        - JetStream: [nats bench](https://docs.nats.io/using-nats/nats-tools/nats_cli/natsbench), of 2025-10: MacBook Pro, Apple M4, 10 cores, 16
          GB; server and client on it. By default it writes each message to the file system before it acknowledges, and calls fsync every two
          minutes (`sync_interval`): what a power failure takes may have been acknowledged. Durable rooms of Kodama acknowledge behind an
          fdatasync. The page has no figure with `sync_interval: always`, which would be the one to compare, none of percentiles, and none of
          a crowd that comes back. A client of the bench is a process of its own over TCP; ours of `--durable` publish in the hub's process.
        - Centrifugo: [Million connections](https://centrifugal.dev/blog/2020/02/10/million-connections-with-centrifugo), 2020-02-10: 20 pods
          in Kubernetes on Xeon E5-2640 v4, Redis in 5 shards, 100 pods of clients, Protobuf. A cluster over a network, Kodama here is one
          process on one core beside its load. It has no figure for a crowd that recovers from history.
        """;
}
