using System.Text.Json.Serialization;

namespace Kodama.Server;

internal sealed record HealthAnswer(string Status, DescriptorsAnswer? Descriptors = null, EngineAnswer? Engine = null);

internal sealed record EngineAnswer(string? Wrong, DateTimeOffset? Since, string? Warning);

internal sealed record TrustAnswer(string Name, string Sha256, DateTimeOffset NotAfter, string Url);

internal sealed record PairingStep(string? Session = null, string? Commit = null, string? Reveal = null);

internal sealed record PairingAnswer(
    string? Session = null, string? Commit = null, string? Reveal = null, string? Name = null, string? Token = null);

internal sealed record DescriptorsAnswer(int Held, int Limit);

internal sealed record HubAnswer(
    string Id, string Name, string Version, IReadOnlyDictionary<string, string> Details, bool Echo, string DefaultRoom,
    bool TokenRequired, IReadOnlyList<string> Addresses, string? AdvertisedAs, DateTimeOffset StartedAt, DateTimeOffset Now,
    ClusterAnswer? Cluster);

/// <summary>The hubs that share their rooms, this one too.</summary>
internal sealed record ClusterAnswer(string Id, IEnumerable<ClusterHubAnswer> Hubs);

/// <summary>The same for whom the authenticators let in: with what each of them has to do.</summary>
internal sealed record ClusterLoadAnswer(string Id, string Hub, IEnumerable<ClusterHubLoad> Hubs);

internal sealed record ClusterHubLoad(
    string Id, string Hub, string Name, IReadOnlyList<string> Addresses, string Version, DateTimeOffset Since, int Peers, int Rooms)
{
    public static ClusterHubLoad Of(ClusterMember member) => new(
        member.Id, member.About.Hub, member.About.Name, member.About.Addresses, member.About.Version, member.About.Since,
        member.About.Peers, member.About.Rooms);
}

internal sealed record ClusterHubAnswer(string Id, string Hub, string Name, IReadOnlyList<string> Addresses, string Version)
{
    public static ClusterHubAnswer Of(ClusterMember member) =>
        new(member.Id, member.About.Hub, member.About.Name, member.About.Addresses, member.About.Version);
}

internal sealed record RoomAnswer(string Name, string Epoch, long Offset, int Peers, bool Echo)
{
    public static RoomAnswer Of(Room room) => new(room.Name, room.Epoch, room.Offset, room.PeerCount, room.Echo);

    public static RoomAnswer Of(RoomSnapshot snapshot) => Of(snapshot.Room) with { Offset = snapshot.Offset, Peers = snapshot.Peers.Count };
}

/// <param name="Rooms">Those that the reader may be told of.</param>
/// <param name="Missing">Hubs of the cluster that have not answered, by their ids there; null for one hub alone.</param>
internal sealed record RoomsAnswer(IEnumerable<RoomAnswer> Rooms, IReadOnlyList<string>? Missing = null);

internal sealed record PeerAnswer(
    string Id, string? Session, IReadOnlyDictionary<string, string> Details, IEnumerable<string> Rooms, string Door, string? Address,
    string? User, DateTimeOffset ConnectedAt, long MessagesIn, long MessagesOut, long Dropped, string? Hub = null)
{
    public static PeerAnswer Of(Peer peer, IEnumerable<string> rooms, System.Net.IPAddress? address) => new(
        peer.Id, peer.Session, peer.Details, rooms, peer.Door, address?.ToString(), peer.Principal?.Identity?.Name, peer.ConnectedAt,
        peer.MessagesIn, peer.MessagesOut, peer.Outbox.Dropped);
}

/// <param name="Peers">Those that the reader may be told of.</param>
/// <param name="Missing">Hubs of the cluster that have not answered, by their ids there; null for one hub alone.</param>
internal sealed record PeersAnswer(IEnumerable<PeerAnswer> Peers, IReadOnlyList<string>? Missing = null);

internal sealed record PublishAnswer(string Room, string? Position, long? Offset, string? Epoch, int Receivers, bool? Duplicate = null);

internal sealed record AnnounceAnswer(int Receivers);

internal sealed record ClosedAnswer(string Room, int Peers);

internal sealed record TokenWanted(string? Name, string[]? Rooms, string? Can, DateTimeOffset? Expires);

/// <summary>A token of a person, with itself where it was just made.</summary>
internal sealed record TokenAnswer(
    string Id, string Name, IReadOnlyList<string> Rooms, string Can, DateTimeOffset Expires, bool? Revoked = null, string? Token = null)
{
    public static TokenAnswer Of(PersonToken token, bool? isRevoked = null) =>
        new(token.Id, token.Name, token.Rooms, TokenClaims.Named(token.Can), token.Expires, isRevoked);
}

internal sealed record KeyAnswer(string Room, string Key, string Position);

internal sealed record SnapshotEvent(
    RoomAnswer? Room, IEnumerable<RoomAnswer> Rooms, IEnumerable<PeerAnswer> Peers, RefusalNotice[]? Refusals);

internal sealed record ReasonAnswer(ushort Code, string Text);

internal sealed record PeerEvent(string Room, PeerAnswer Peer, DateTimeOffset Time, ReasonAnswer? Reason);

internal sealed record StatsEvent(
    DateTimeOffset Time, int Peers, int Rooms, long MessagesIn, long MessagesOut, long BytesIn, long BytesOut, long Dropped, long Refused);

internal sealed record StatsAnswer(StatsEvent[] Stats);

internal sealed record MissedEvent(long Count);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    Converters = [typeof(UtcMilliseconds)])]
[JsonSerializable(typeof(HttpErrorBody))]
[JsonSerializable(typeof(TrustAnswer))]
[JsonSerializable(typeof(PairingStep))]
[JsonSerializable(typeof(PairingAnswer))]
[JsonSerializable(typeof(HealthAnswer))]
[JsonSerializable(typeof(HubAnswer))]
[JsonSerializable(typeof(ClusterLoadAnswer))]
[JsonSerializable(typeof(RoomsAnswer))]
[JsonSerializable(typeof(PeersAnswer))]
[JsonSerializable(typeof(PublishAnswer))]
[JsonSerializable(typeof(AnnounceAnswer))]
[JsonSerializable(typeof(ClosedAnswer))]
[JsonSerializable(typeof(TokenWanted))]
[JsonSerializable(typeof(TokenAnswer))]
[JsonSerializable(typeof(KeyAnswer))]
[JsonSerializable(typeof(SnapshotEvent))]
[JsonSerializable(typeof(PeerEvent))]
[JsonSerializable(typeof(StatsEvent))]
[JsonSerializable(typeof(StatsAnswer))]
[JsonSerializable(typeof(RefusalNotice))]
[JsonSerializable(typeof(MissedEvent))]
[JsonSerializable(typeof(IReadOnlyDictionary<string, string>))]
internal sealed partial class KodamaJson : JsonSerializerContext;
