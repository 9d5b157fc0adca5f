namespace Kodama.Ably;

/// <summary>A client of the door's own, which is present in the channels of an app for tests.</summary>
internal sealed class SandboxMembers : IPeerLink
{
    private readonly AblyHub door;
    private Peer peer = null!;
    private int entered;

    private SandboxMembers(AblyHub door) => this.door = door;

    /// <summary>Null, where it is not let in.</summary>
    public static async ValueTask<SandboxMembers?> ComeAsync(AblyHub door, App app)
    {
        var members = new SandboxMembers(door);
        var description = new PeerDescription { Door = AblyDoor.Name, Encoder = app.Encoders[0], IsListed = false };
        var admission = await door.Kit.AdmitAsync(description, members);
        if (!admission.IsAccepted) return null;
        members.peer = admission.Peer;
        return members;
    }

    public async ValueTask EnterAsync(string name, WireElement member)
    {
        var request = new JoinRequest { Room = name, Messages = false };
        if (door.Hub.Join(peer, request).Room is null && door.Hub.FindRoom(name) is null) return;
        var room = door.Hub.FindRoom(name)!;
        if (member["clientId"u8].Text is not { } clientId || MessageData.ToMember(member["data"u8], member["encoding"u8].Text)
            is not var (data, encoding))
            return;
        using var batch = FlushBatch.Rent();
        var role = new MemberRole(clientId, new MessageNote { Id = $"{peer.Id}:{entered++}:0", Encoding = encoding }.ToNote());
        await room.Members.EnterAsync(peer, role, data, batch);
    }

    public void Leave() => door.Kit.Remove(peer, CloseReason.Normal);

    void IPeerLink.Flush() => peer?.Outbox.Close();

    void IPeerLink.Close(CloseReason reason) => door.Kit.Remove(peer, reason);

    void IPeerLink.Expelled(Peer expelled, Room room)
    {
    }
}
