using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Kodama.Pusher;

/// <summary>What the HTTP API asks of the doors of other hubs, and has them do. Where there are none, it is about this one alone.</summary>
internal sealed class PusherNeighbours
{
    private readonly PusherHub door;
    private readonly ICluster? cluster;

    public PusherNeighbours(PusherHub door)
    {
        this.door = door;
        cluster = door.Hub.Cluster;
        if (cluster is null) return;
        cluster.Handle((byte)DoorTelling.Channels, (_, what) => new(ListHere(what)));
        cluster.Handle((byte)DoorTelling.Author, (_, what) => new(FindAuthor(what)));
        cluster.Handle((byte)DoorTelling.Terminate, (_, what) => Do(what, static (app, said) => Terminate(app, said.User)));
        cluster.Handle((byte)DoorTelling.ToUser, (_, what) => Do(what, static (app, said) => app.Users.Send(said.User, said.Json)));
    }

    /// <summary>The channels of an app that somebody is in, at whichever hub, by their names.</summary>
    /// <param name="app">Whose.</param>
    /// <param name="channel">One alone; null for all.</param>
    /// <param name="prefix">With what their names begin.</param>
    public async ValueTask<SortedDictionary<string, ToldChannel>> ListAsync(App app, string? channel, string prefix = "")
    {
        var asked = new AskedChannels(app.Id, channel, prefix);
        var all = new SortedDictionary<string, ToldChannel>(StringComparer.Ordinal);
        Merge(all, ListHere(app, asked));
        if (cluster is null) return all;
        var question = JsonSerializer.SerializeToUtf8Bytes(asked, TellingJson.Default.AskedChannels);
        var answers = await cluster.AskAsync((byte)DoorTelling.Channels, question);
        foreach (var (_, what) in answers.Answers)
        {
            try
            {
                Merge(all, JsonSerializer.Deserialize(what.Span, TellingJson.Default.ToldChannelArray) ?? []);
            }
            catch (JsonException)
            {
                // Another version, or nobody's word: it is as if it had not answered.
            }
        }
        return all;
    }

    /// <summary>How many are in a channel, at whichever hub.</summary>
    public async ValueTask<ToldChannel> FindAsync(App app, string channel) =>
        (await ListAsync(app, channel)).GetValueOrDefault(channel) ?? new ToldChannel(channel, 0, 0);

    /// <summary>The room of this name to look into, wherever its peers are; null, where there is none.</summary>
    public Room? RoomOf(string name)
    {
        if (cluster is null) return door.Hub.FindRoom(name);
        door.Hub.OpenToRead(name, out var room);
        return room;
    }

    /// <summary>As which author the connection with this id speaks, at another hub; null, where there is none.</summary>
    public async ValueTask<string?> AuthorOfAsync(SocketId id)
    {
        if (cluster is null) return null;
        var answers = await cluster.AskAsync(
            (byte)DoorTelling.Author, Encoding.ASCII.GetBytes(id.ToString()), static answer => answer.Length > 0);
        return answers.Answers.Where(static answer => answer.What.Length > 0)
            .Select(static answer => Encoding.UTF8.GetString(answer.What.Span)).FirstOrDefault();
    }

    /// <summary>Ends all of a user's connections.</summary>
    public void EndUser(App app, string user)
    {
        Terminate(app, user);
        Tell(DoorTelling.Terminate, new ToldUser(app.Id, user, []));
    }

    /// <summary>Sends all of a user's connections a frame.</summary>
    public void Send(App app, string user, ReadOnlySpan<byte> json)
    {
        app.Users.Send(user, json);
        Tell(DoorTelling.ToUser, new ToldUser(app.Id, user, json.ToArray()));
    }

    private static void Terminate(App app, string user)
    {
        foreach (var socket in app.Users.Of(user)) socket.AsPeer!.Disconnect(4009, "The app has ended this user's connections.");
    }

    private static void Merge(SortedDictionary<string, ToldChannel> all, IEnumerable<ToldChannel> some)
    {
        foreach (var one in some)
        {
            // Who is present is the same at each hub that has the room; who has heard more of it counts.
            var before = all.GetValueOrDefault(one.Name) ?? new ToldChannel(one.Name, 0, 0);
            all[one.Name] = new ToldChannel(one.Name, before.Peers + one.Peers, Math.Max(before.Users, one.Users));
        }
    }

    private void Tell(DoorTelling kind, ToldUser what)
    {
        var bytes = cluster is null ? [] : JsonSerializer.SerializeToUtf8Bytes(what, TellingJson.Default.ToldUser);
        if (bytes.Length is > 0 and <= ICluster.MostBytes) cluster!.Tell((byte)kind, bytes);
    }

    private ValueTask<ReadOnlyMemory<byte>?> Do(ReadOnlyMemory<byte> what, Action<App, ToldUser> action)
    {
        var said = JsonSerializer.Deserialize(what.Span, TellingJson.Default.ToldUser);
        if (said is not null && door.Apps.WithId(said.App) is { } app) action(app, said);
        return default;
    }

    private ReadOnlyMemory<byte>? FindAuthor(ReadOnlyMemory<byte> what) =>
        SocketId.TryParse(Encoding.ASCII.GetString(what.Span), out var id) && id is { } socket
            && door.Sockets.Find(socket)?.AsPeer is { } peer ? Encoding.UTF8.GetBytes(peer.Author.Id) : null;

    private ReadOnlyMemory<byte>? ListHere(ReadOnlyMemory<byte> what)
    {
        var asked = JsonSerializer.Deserialize(what.Span, TellingJson.Default.AskedChannels);
        if (asked is null || door.Apps.WithId(asked.App) is not { } app) return null;
        return JsonSerializer.SerializeToUtf8Bytes([.. ListHere(app, asked)], TellingJson.Default.ToldChannelArray);
    }

    private IEnumerable<ToldChannel> ListHere(App app, AskedChannels asked)
    {
        if (asked.Channel is { } one) return Describe(door.Hub.FindRoom(app.RoomOf(one)), one);
        return door.Hub.Rooms.SelectMany(room => app.TryChannelOf(room.Name, out var channel)
            && channel.StartsWith(asked.Prefix, StringComparison.Ordinal) ? Describe(room, channel) : []);
    }

    private static ToldChannel[] Describe(Room? room, string channel) => room is { PeerCount: > 0 and var count }
        ? [new ToldChannel(channel, count, ChannelName.IsPresence(channel) ? ChannelInfos.UsersOf(room).Count : 0)]
        : [];
}

internal sealed record AskedChannels(string App, string? Channel, string Prefix);

/// <summary>A channel that somebody is in.</summary>
internal sealed record ToldChannel(string Name, int Peers, int Users);

internal sealed record ToldUser(string App, string User, byte[] Json);

[JsonSourceGenerationOptions(RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true, MaxDepth = 8)]
[JsonSerializable(typeof(AskedChannels))]
[JsonSerializable(typeof(ToldChannel[]))]
[JsonSerializable(typeof(ToldUser))]
internal sealed partial class TellingJson : JsonSerializerContext;
