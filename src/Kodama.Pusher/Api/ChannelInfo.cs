namespace Kodama.Pusher;

/// <summary>What the HTTP API tells of a channel (docs/specs/pusher.md, H2, H4).</summary>
[Flags]
internal enum ChannelInfo
{
    None = 0,
    UserCount = 1,
    SubscriptionCount = 2,
    Cache = 4,
}

internal static class ChannelInfos
{
    /// <summary>What a list of names asks for; null, where one of them is none.</summary>
    public static ChannelInfo? Read(string? names)
    {
        var asked = ChannelInfo.None;
        foreach (var name in (names ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            switch (name)
            {
                case "user_count":
                    asked |= ChannelInfo.UserCount;
                    break;
                case "subscription_count":
                    asked |= ChannelInfo.SubscriptionCount;
                    break;
                case "cache":
                    asked |= ChannelInfo.Cache;
                    break;
                default:
                    return null;
            }
        }
        return asked;
    }

    /// <summary>Writes what was asked for, as members of an object, each behind a comma but the first where nothing is before.</summary>
    public static void Write(JsonBuffer json, PusherHub door, App app, ToldChannel of, ChannelInfo asked, bool isFirst)
    {
        var channel = of.Name;
        if (asked.HasFlag(ChannelInfo.UserCount) && ChannelName.IsPresence(channel)) Name("\"user_count\":"u8).Number(of.Users);
        if (asked.HasFlag(ChannelInfo.SubscriptionCount)) Name("\"subscription_count\":"u8).Number(of.Peers);
        if (!asked.HasFlag(ChannelInfo.Cache)) return;
        Name("\"cache\":"u8);
        if (ChannelName.IsCache(channel) && door.Neighbours.RoomOf(app.RoomOf(channel)) is { } room && door.Cache.Find(room) is { } cached)
            json.Raw("{\"data\":"u8).Text(cached.Data).Raw(",\"ttl\":"u8).Number(door.Cache.SecondsLeft(cached)).Raw("}"u8);
        else json.Raw("null"u8);

        JsonBuffer Name(ReadOnlySpan<byte> name)
        {
            if (!isFirst) json.Raw(","u8);
            isFirst = false;
            return json.Raw(name);
        }
    }

    /// <summary>The users in a room, by the data of its members.</summary>
    public static HashSet<string> UsersOf(Room room) =>
        room.Members.List().Members
            .Select(static member => PresentUser.Of(member.Id, member.Data.Bytes).Id)
            .ToHashSet(StringComparer.Ordinal);
}
