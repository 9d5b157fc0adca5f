using System.Text;
using Kodama;

namespace Example;

/// <summary>A hub with rules, a door of twenty lines, two peers who meet in a room, and a program that listens.</summary>
public static class ReadmeExample
{
    public static async Task RunAsync(TextWriter screen)
    {
        var rules = new HubRules()
            .UniqueDetail("name")
            .BanWords(["pest"], BannedWordAction.Replace)
            .RateLimit(messages: 20, per: TimeSpan.FromSeconds(1))
            .OnConnected(peer => peer.Send($"Welcome, {peer.Details["name"]}."));
        var hub = new Hub(new HubOptions { MaxPeers = 100 }, rules);

        var yui = await EnterAsync(hub, "Yui", TextWriter.Null);
        await EnterAsync(hub, "Ren", screen);

        // What a door does with the messages that one read has brought in: all of them, then one flush for each receiver.
        var batch = FlushBatch.Rent();
        await hub.PublishAsync(yui, yui.Room!, "Hello, Ren, you pest.", Message.DefaultEvent, batch);
        await hub.PublishAsync(yui, yui.Room!, "Are you there?", Message.DefaultEvent, batch);
        batch.Dispose();

        // The program itself hears what was said, and then what is said, for as long as it listens.
        await foreach (var page in hub.ListenAsync("lobby", Start.Last(10)))
        {
            foreach (var entry in page.Entries) screen.WriteLine($"{entry.Offset}: {entry.Text} (by {entry.Name})");
            if (!page.HasMore) break;
        }

        hub.Stop();
    }

    private static async Task<Peer> EnterAsync(Hub hub, string name, TextWriter screen)
    {
        var link = new ScreenLink(screen);
        var details = new Dictionary<string, string> { ["name"] = name };
        var description = new PeerDescription { Door = "screen", Encoder = Lines.Instance, Details = details };
        var admission = await hub.AdmitAsync(description, link);
        if (!admission.IsAccepted) throw new InvalidOperationException(admission.Refusal.Text);
        link.Open(admission.Peer);
        hub.Join(admission.Peer, "lobby");
        return admission.Peer;
    }

    /// <summary>The door's wire format: a line for each message.</summary>
    private sealed class Lines : IMessageEncoder
    {
        public static readonly Lines Instance = new();

        public Frame Encode(in Message message) => Frame.Copy([.. message.Payload.Bytes.Span, (byte)'\n']);
    }

    /// <summary>The door's end of a peer: sends what waits in its outbox.</summary>
    private sealed class ScreenLink(TextWriter screen) : IPeerLink
    {
        private readonly Lock gate = new();
        private Peer? peer;

        public void Open(Peer admitted)
        {
            lock (gate) peer = admitted;
            Flush();
        }

        public void Flush()
        {
            lock (gate)
            {
                while (peer?.Outbox.Peek() is { IsEmpty: false } bytes)
                {
                    screen.Write(Encoding.UTF8.GetString(bytes.Span));
                    peer.Outbox.Advance(bytes.Length);
                }
            }
        }

        public void Close(CloseReason reason)
        {
            Flush();
            screen.WriteLine($"({reason.Code} {reason.Text})");
            peer?.Outbox.Close();
        }
    }
}
