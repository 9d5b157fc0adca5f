using System.Text;

namespace Kodama.Sqlite.Program;

/// <summary>A peer whose wire is the program's output: a line for each message.</summary>
internal sealed class ReaderDoor(Reporter reporter) : IPeerLink
{
    private readonly Lock gate = new();
    private Peer? peer;

    public static async Task JoinAsync(Hub hub, string room, Reporter reporter)
    {
        var link = new ReaderDoor(reporter);
        var admission = await hub.AdmitAsync(new PeerDescription { Door = "reader", Encoder = new Lines() }, link);
        link.peer = admission.Peer!;
        hub.Join(admission.Peer!, room);
        link.Flush();
    }

    public void Flush()
    {
        lock (gate)
        {
            while (peer?.Outbox.Peek() is { IsEmpty: false } bytes)
            {
                reporter.Tell(bytes.Span);
                peer.Outbox.Advance(bytes.Length);
            }
        }
    }

    public void Close(CloseReason reason)
    {
        Flush();
        peer?.Outbox.Close();
    }

    private sealed class Lines : IMessageEncoder
    {
        public Frame Encode(in Message message) => Frame.Copy(Encoding.UTF8.GetBytes($"seen {message.Offset} {message.Payload}\n"));
    }
}
