namespace Kodama.Sqlite.Program;

/// <summary>A peer that only speaks.</summary>
internal sealed class NoDoor : IPeerLink, IMessageEncoder
{
    private static readonly NoDoor Instance = new();

    public static async Task<(Peer Peer, Room Room)> JoinAsync(Hub hub, string room)
    {
        var admission = await hub.AdmitAsync(new PeerDescription { Door = "publisher", Encoder = Instance }, Instance);
        hub.Join(admission.Peer!, room);
        return (admission.Peer!, hub.FindRoom(room)!);
    }

    public void Flush()
    {
    }

    public void Close(CloseReason reason)
    {
    }

    public Frame Encode(in Message message) => default;
}
