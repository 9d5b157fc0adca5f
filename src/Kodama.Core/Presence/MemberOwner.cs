namespace Kodama;

/// <summary>Whose a member and bound keys are. Guarded by the room's lock.</summary>
internal sealed class MemberOwner
{
    /// <summary>The connection that it is by; null while that is broken.</summary>
    public Membership? Membership { get; set; }

    /// <summary>Until when, by the monotonic clock, its session may come back.</summary>
    public long GraceUntil { get; set; }

    /// <summary>The members that it has taken out itself, though it is here still; null for none.</summary>
    public HashSet<string>? Exited { get; private set; }

    public void Enter(string key) => Exited?.Remove(key);

    public void Exit(string key) => (Exited ??= new(StringComparer.Ordinal)).Add(key);
}
