using Kodama;
using Kodama.Sqlite;

namespace Example;

/// <summary>A room that outlives its hub.</summary>
public static class ReadmeExample
{
    public static async Task RunAsync(string folder, TextWriter screen)
    {
        await using (var engine = new SqliteEngine(folder))
        {
            var hub = new Hub(engine: engine);
            var board = await hub.PublishAsync(new PeerDescription { Door = "example", Encoder = Nobody.Instance }, "board",
                "Coffee is ready", "note");
            // It ends when the message is on the disk, and everybody has it.
            screen.WriteLine(board.Offset);
            hub.Stop();
        }

        await using (var engine = new SqliteEngine(folder))
        {
            var hub = new Hub(engine: engine);
            var board = await hub.PublishAsync(new PeerDescription { Door = "example", Encoder = Nobody.Instance }, "board", "It is gone",
                "note");
            screen.WriteLine(board.Offset);
            var kept = await hub.FindRoom("board")!.ReadAsync(after: 0);
            foreach (var entry in kept.Entries) screen.WriteLine($"{entry.Offset} {entry.Payload}");
            hub.Stop();
        }
    }

    private sealed class Nobody : IMessageEncoder
    {
        public static readonly Nobody Instance = new();

        public Frame Encode(in Message message) => default;
    }
}
