namespace Kodama;

/// <summary>
/// By what right something is published: looked at again where it gets its place, as filters may have taken their time. None for the
/// program's own word.
/// </summary>
internal readonly record struct Standing(Membership? Member, Visit? Visit)
{
    /// <inheritdoc cref="PublishOptions.Without"/>
    public Peer? Without { get; init; }

    /// <inheritdoc cref="PublishOptions.WithoutAuthor"/>
    public string? WithoutAuthor { get; init; }

    /// <summary>Why it may not be published by this any more; null, if it may.</summary>
    public PublishResult? Refuse(Room room)
    {
        if (Member is not null && RefusePublishing(room, Member) is { } refused) return refused;
        return Visit is not null && !room.Hub.Grants.IsCurrent(Visit.Grant) ? PublishResult.Outdated : null;
    }

    /// <summary>Why a member, or who is none, may publish nothing now; null, if it may.</summary>
    public static PublishResult? RefusePublishing(Room room, Membership? member)
    {
        if (member is null or { IsGone: true }) return PublishResult.NotJoined(room);
        return (member.Rights & RoomRights.Publish) == 0 ? PublishResult.NotGranted(room.Name, "publishing") : null;
    }
}
