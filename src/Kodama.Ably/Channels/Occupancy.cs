namespace Kodama.Ably;

/// <summary>How many are in a channel (CHM2).</summary>
internal readonly record struct Occupancy(
    int Connections, int Publishers, int Subscribers, int PresenceConnections, int PresenceMembers, int PresenceSubscribers)
{
    public static Occupancy Of(Room? room)
    {
        if (room is null) return default;
        var (connections, publishers, subscribers, presenceConnections, presenceSubscribers) = (0, 0, 0, 0, 0);
        foreach (var peer in room.Peers)
        {
            connections++;
            // Who comes by another door hears and may speak.
            var modes = (peer.Link as AblyPeer)?.Attachments.Of(room)?.Modes ?? Flags.Publish | Flags.Subscribe;
            if (modes.HasFlag(Flags.Publish)) publishers++;
            if (modes.HasFlag(Flags.Subscribe)) subscribers++;
            if (modes.HasFlag(Flags.PresenceSubscribe)) presenceSubscribers++;
        }
        var members = room.Members.List().Members;
        presenceConnections = members.Select(static member => member.Author.Id).Distinct(StringComparer.Ordinal).Count();
        return new(connections, publishers, subscribers, presenceConnections, members.Count, presenceSubscribers);
    }

    /// <summary>Of two hubs that share the room: members are everywhere the same.</summary>
    public Occupancy And(Occupancy other) => new(
        Connections + other.Connections, Publishers + other.Publishers, Subscribers + other.Subscribers,
        Math.Max(PresenceConnections, other.PresenceConnections), Math.Max(PresenceMembers, other.PresenceMembers),
        PresenceSubscribers + other.PresenceSubscribers);

    /// <summary>As another hub has written it; nobody, where it is none.</summary>
    public static Occupancy Read(WireElement numbers) =>
        numbers.Elements.Select(static number => (int)Math.Clamp(number.Integer ?? 0, 0, int.MaxValue / 1024)).ToArray()
            is [var connections, var publishers, var subscribers, var presenceConnections, var members, var presenceSubscribers]
            ? new(connections, publishers, subscribers, presenceConnections, members, presenceSubscribers)
            : default;

    /// <summary>For another hub.</summary>
    public void WriteNumbers(WireWriter writer) =>
        writer.StartArray().Number(Connections).Number(Publishers).Number(Subscribers).Number(PresenceConnections).Number(PresenceMembers)
            .Number(PresenceSubscribers).End();

    public void Write(WireWriter writer)
    {
        writer.StartMap().Name("metrics"u8).StartMap();
        writer.Name("connections"u8).Number(Connections).Name("publishers"u8).Number(Publishers).Name("subscribers"u8).Number(Subscribers);
        writer.Name("presenceConnections"u8).Number(PresenceConnections).Name("presenceMembers"u8).Number(PresenceMembers);
        writer.Name("presenceSubscribers"u8).Number(PresenceSubscribers);
        writer.Name("objectPublishers"u8).Number(0).Name("objectSubscribers"u8).Number(0).End().End();
    }
}
