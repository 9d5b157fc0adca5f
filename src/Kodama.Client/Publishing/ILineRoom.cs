using Kodama.Client.Protocol;

namespace Kodama.Client.Publishing;

/// <summary>What a line of changes needs of its room. Used with the client's lock held.</summary>
internal interface ILineRoom
{
    /// <summary>Up to where it has everything; null before it was in.</summary>
    RoomPosition? Position { get; }

    /// <summary>Where to send; null, where there is no connection, or it was not asked to let the client in.</summary>
    Wire? Wire { get; }

    /// <summary>Whether the hub has let the client in, over this connection.</summary>
    bool IsJoined { get; }

    /// <summary>Whether what was before is still being told.</summary>
    bool IsCatchingUp { get; }

    /// <summary>It is in the room.</summary>
    void Acknowledged(Change change, Publication publication);

    /// <summary>The hub's program has taken the client out of it, of which nobody is told.</summary>
    void Lost(RequestRefusedException refusal);

    /// <summary>Leaves and joins anew, where it was: so that the hub no longer waits for what could not be kept.</summary>
    void Rejoin();
}
