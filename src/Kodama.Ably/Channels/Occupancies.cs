using System.Text;

namespace Kodama.Ably;

/// <summary>Tells those who ask for it how many are in a channel, when it changes, at most once a second (docs/specs/ably.md,
/// C13).</summary>
internal sealed class Occupancies(AblyHub door)
{
    private const string EventName = "[meta]occupancy";

    // Whether somebody has ever asked for it: else nothing is looked at.
    private volatile bool isAskedFor;

    /// <summary>Whether a connection is told of it by this attachment.</summary>
    public static bool IsWanted(Attachment attached) =>
        attached.Modes.HasFlag(Flags.Subscribe) && (attached.Request.WantsOccupancy || ChannelName.IsOccupancy(attached.Channel));

    /// <summary>Tells all whose channel has changed since they were told.</summary>
    public async ValueTask TellAsync()
    {
        if (!isAskedFor) return;
        var wanted = door.Clients
            .SelectMany(static client => client.Attachments.All.Where(IsWanted), (client, attached) => (client, attached)).ToList();
        var counted = new Dictionary<string, Occupancy>(StringComparer.Ordinal);
        foreach (var (client, attached) in wanted)
        {
            var name = RoomOf(client, attached);
            if (!counted.ContainsKey(name)) counted[name] = Occupancy.Of(door.Hub.FindRoom(name));
        }
        await door.Others.AddOccupanciesAsync(counted);
        foreach (var (client, attached) in wanted)
        {
            if (Tell(client, attached, counted[RoomOf(client, attached)])) client.SendNow();
        }
    }

    /// <summary>Tells one how it is now; whoever calls sends it. Where others are to be asked, it is told a moment later.</summary>
    public void Tell(AblyPeer client, Attachment attached)
    {
        isAskedFor = true;
        if (!door.Others.AreSome) Tell(client, attached, Occupancy.Of(door.Hub.FindRoom(RoomOf(client, attached))));
    }

    private static string RoomOf(AblyPeer client, Attachment attached) => client.Access.App.RoomOf(
        ChannelName.IsOccupancy(attached.Channel) ? attached.Channel[ChannelName.OccupancyPrefix.Length..] : attached.Channel);

    private bool Tell(AblyPeer client, Attachment attached, Occupancy now)
    {
        if (attached.Told == now) return false;
        attached.Told = now;
        using var json = WireWriter.Rent(WireFormat.Json);
        now.Write(json);
        using var writer = Protocol.Begin(client.Format, ProtocolAction.Message);
        writer.Name("channel"u8).Text(attached.Channel).Name("id"u8).Text($"occupancy:{Guid.NewGuid():N}");
        writer.Name("timestamp"u8).Number(door.Time.GetUtcNow().ToUnixTimeMilliseconds());
        writer.Name("messages"u8).StartArray().StartMap().Name("name"u8).Text(EventName);
        writer.Name("data"u8).Text(Encoding.UTF8.GetString(json.Written)).Name("encoding"u8).Text("json");
        client.Enqueue(writer.End().End().End());
        return true;
    }
}
