using System.Text.Json.Serialization;
using Kodama.Testing;

namespace Kodama.Client.Tests;

/// <summary>What is read of a message has one name in the hub's program and in a client.</summary>
public sealed partial class VocabularyTests
{
    [Fact]
    public async Task Message_InAFilterAndAtAClient_SaysTheSameOfItself()
    {
        var seen = new List<string>();
        await using var hub = await TestHub.StartAsync(options => options.Rules.Filter(message =>
        {
            lock (seen) seen.Add(Tell(message));
            return FilterResult.Pass;
        }));
        await using var rooms = await KodamaRooms.ConnectAsync(hub.Address, new() { Details = { ["name"] = "Yui" } }).Within();
        await using var tea = await rooms.JoinAsync("tea").Within();

        await tea.PublishAsync(new Move(1, 2), MoveJson.Default.Move).Within();
        await tea.PublishAsync("move", new Move(3, 4), MoveJson.Default.Move).Within();
        await rooms.SendToAsync(rooms.Session!.Id, RoomPayload.Of(new Move(5, 6), MoveJson.Default.Move)).Within();

        Assert.Equal(seen[..2], [Tell(await tea.NextAsync<RoomMessage>()), Tell(await tea.NextAsync<RoomMessage>())]);
        await using var heard = rooms.DirectMessages.GetAsyncEnumerator();
        Assert.True(await heard.MoveNextAsync().Within());
        Assert.Equal(seen[2], Tell(heard.Current));
    }

    [Fact]
    public async Task Position_OfAMessageThatTheHubTellsOf_IsTheClients()
    {
        await using var hub = await TestHub.StartAsync();
        using var watcher = hub.Hub.Watch(new WatchOptions { Kinds = HubEventKind.Message });
        await using var rooms = await KodamaRooms.ConnectAsync(hub.Address).Within();
        await using var tea = await rooms.JoinAsync("tea").Within();

        var published = await tea.PublishAsync("hello").Within();

        using var deadline = new CancellationTokenSource(Deadline.Default);
        await foreach (var happened in watcher.WithCancellation(deadline.Token))
        {
            Assert.Equal(published.Position.ToString(), happened.Message.Position.ToString());
            Assert.Equal((rooms.Session!.Id, null, "hello"), (happened.Message.From, happened.Message.Name, happened.Message.Text));
            break;
        }
        Assert.True(hub.Hub.SendTo(rooms.Session!.Id, "news", Payload.Argument(new Move(1, 2), MoveJson.Default.Move)));
        await foreach (var direct in rooms.DirectMessages)
        {
            Assert.Equal(("news", new Move(1, 2), false), (direct.Event, direct.As(MoveJson.Default.Move), direct.IsFromPeer));
            break;
        }
        Assert.False(hub.Hub.SendTo("nobody", "psst"));
    }

    // The same code for each of them.
    private static string Tell(Message message) =>
        $"{message.From} {message.Name} {message.Event} {message.IsText} {message.Text} {message.Bytes.Length} "
            + $"{message.As(MoveJson.Default.Move)} {message.Payload.IsArguments} {message.Payload.ReadArguments().Count} {message}";

    private static string Tell(RoomMessage message) =>
        $"{message.From} {message.Name} {message.Event} {message.IsText} {message.Text} {message.Bytes.Length} "
            + $"{message.As(MoveJson.Default.Move)} {message.Payload.IsArguments} {message.Payload.ReadArguments().Count} {message}";

    private static string Tell(DirectMessage message) =>
        $"{message.From} {message.Name} {message.Event} {message.IsText} {message.Text} {message.Bytes.Length} "
            + $"{message.As(MoveJson.Default.Move)} {message.Payload.IsArguments} {message.Payload.ReadArguments().Count} {message}";

    internal sealed record Move(int X, int Y);

    [JsonSerializable(typeof(Move))]
    internal sealed partial class MoveJson : JsonSerializerContext;
}
