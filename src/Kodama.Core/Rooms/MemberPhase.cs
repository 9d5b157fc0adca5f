namespace Kodama;

/// <summary>Where a member of a room stands.</summary>
internal enum MemberPhase : byte
{
    /// <summary>It gets nothing until its join was answered.</summary>
    Held,

    /// <summary>It gets what is kept: what is handed out meanwhile it will find in the log.</summary>
    CatchingUp,

    /// <summary>It gets what happens as it happens.</summary>
    Live,

    /// <summary>It has left.</summary>
    Gone,
}
