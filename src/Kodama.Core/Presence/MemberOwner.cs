namespace Kodama;

/// <summary>Whose a member and bound keys are. Guarded by the room's lock.</summary>
internal sealed class MemberOwner
{
    /// <summary>The connection that it is by; null while that is broken.</summary>
    public Membership? Membership { get; set; }

    /// <summary>Until when, by the monotonic clock, its session may come back.</summary>
    public long GraceUntil { get; set; }

    /// <summary>Whether it has taken its member out itself, and is here still: its bound keys are too.</summary>
    public bool HasExited { get; set; }
}
