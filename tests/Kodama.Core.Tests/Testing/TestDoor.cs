using System.Net;

namespace Kodama.Core.Tests;

internal static class TestDoor
{
    /// <summary>Lets a peer in that the rules accept, and into a room.</summary>
    public static async Task<TestPeer> ComeAsync(
        this Hub hub, string? room = "lobby", TestLink? link = null, IMessageEncoder? encoder = null, (string, string)[]? details = null,
        IPAddress? address = null, string door = "test")
    {
        link ??= new TestLink();
        var admission = await hub.TryComeAsync(link, encoder, details, address, door);
        Assert.True(admission.IsAccepted, admission.Refusal.Text);
        link.Attach(admission.Peer);
        if (room is not null) Assert.Equal(JoinResult.Joined, hub.Join(admission.Peer, room));
        return new TestPeer(admission.Peer, link);
    }

    /// <summary>Lets a client in that proves this session, and into the lobby.</summary>
    public static async Task<TestPeer> ComeWithSessionAsync(this Hub hub, string session)
    {
        var link = new TestLink();
        var description = new PeerDescription { Door = "test", Encoder = LengthPrefixed.Plain, Session = session };
        var admission = await hub.AdmitAsync(description, link);
        link.Attach(admission.Peer!);
        Assert.Equal(JoinResult.Joined, hub.Join(admission.Peer!, "lobby"));
        return new TestPeer(admission.Peer!, link);
    }

    public static Task<Admission> TryComeAsync(
        this Hub hub, TestLink? link = null, IMessageEncoder? encoder = null, (string Name, string Value)[]? details = null,
        IPAddress? address = null, string door = "test", CancellationToken cancellationToken = default)
    {
        var description = new PeerDescription
        {
            Door = door,
            Encoder = encoder ?? LengthPrefixed.Plain,
            Details = (details ?? []).ToDictionary(d => d.Name, d => d.Value),
            RemoteAddress = address,
        };
        return hub.AdmitAsync(description, link ?? new TestLink(), cancellationToken).AsTask().WithDeadline();
    }

    /// <summary>Takes a peer out of one room and into another, in which it may be already.</summary>
    public static JoinResult Move(this Hub hub, Peer peer, Room from, string to)
    {
        if (from.Name == to && peer.IsIn(from)) return JoinResult.AlreadyIn;
        return Hub.Leave(peer, from) ? hub.Join(peer, to) : JoinResult.Gone;
    }

    /// <summary>As a door does when its connection has ended.</summary>
    public static void Go(this TestPeer peer, CloseReason? reason = null)
    {
        peer.Peer.Hub.Remove(peer.Peer, reason ?? CloseReason.Normal);
        peer.Peer.Outbox.Close();
    }
}
