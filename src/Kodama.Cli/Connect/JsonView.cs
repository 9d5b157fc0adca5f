using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Kodama.Cli.Hubs;
using Kodama.Cli.Terminals;
using Kodama.Client;

namespace Kodama.Cli.Connect;

/// <summary>A conversation for a program: one JSON object per line, told apart by <c>type</c>.</summary>
internal sealed class JsonView(Terminal terminal, TimeProvider time) : IConversationView
{
    private static readonly ConversationJson Json =
        new(new JsonSerializerOptions(ConversationJson.Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    public bool ShowsPeople => true;

    public void Connected(SocketPlace place) =>
        Write(new ConversationLine("status") { Status = "connected", Address = HubWords.Url(place.Base), Certificate = place.Fingerprint });

    public void Status(ClientStatus status)
    {
        var line = new ConversationLine("status");
        Write(status switch
        {
            ClientStatus.Reconnecting again => line with
            {
                Status = "reconnecting",
                Attempt = again.Attempt,
                DelayMs = (long)again.Delay.TotalMilliseconds,
                Cause = again.Cause.Message,
            },
            ClientStatus.Closed closed => line with { Status = "closed", Cause = closed.Cause?.Message },
            ClientStatus.Connecting => line with { Status = "connecting" },
            _ => line with { Status = "disconnected" },
        });
    }

    public void Entered(HubFacts facts, string room, IReadOnlyList<RoomPeer> others) =>
        Write(new ConversationLine("room") { Hub = facts.Name, Room = room, Peers = [.. others.Select(PersonOf)] });

    public void Joined(RoomPeer peer) => Write(new ConversationLine("join") { Peer = PersonOf(peer) });

    public void Left(RoomPeer peer) => Write(new ConversationLine("leave") { Peer = PersonOf(peer) });

    public void Message(HubMessage message, RoomPeer? sender)
    {
        var line = new ConversationLine("message") { From = sender is null ? null : PersonOf(sender) };
        Write(message.IsText ? line with { Text = message.Text } : line with { Base64 = Convert.ToBase64String(message.Bytes.Span) });
    }

    public void Missing() => Write(new ConversationLine("gap"));

    public void Refused(string line, string why) => terminal.WriteError(Words.Refused(why));

    public void Sent(string line)
    {
    }

    public void Doubtful(string line, bool again) => terminal.WriteError(Words.Doubtful);

    private static Person PersonOf(RoomPeer peer) => new(peer.Id, peer.Name);

    private void Write(ConversationLine line) =>
        terminal.WriteLine(JsonSerializer.Serialize(line with { Time = time.GetUtcNow() }, Json.ConversationLine));
}

internal sealed record Person(string Id, string Name);

internal sealed record ConversationLine(string Type)
{
    public DateTimeOffset Time { get; init; }

    public string? Status { get; init; }

    public string? Address { get; init; }

    public string? Certificate { get; init; }

    public int? Attempt { get; init; }

    public long? DelayMs { get; init; }

    public string? Cause { get; init; }

    public string? Hub { get; init; }

    public string? Room { get; init; }

    public IReadOnlyList<Person>? Peers { get; init; }

    public Person? Peer { get; init; }

    public Person? From { get; init; }

    public string? Text { get; init; }

    public string? Base64 { get; init; }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ConversationLine))]
internal sealed partial class ConversationJson : JsonSerializerContext;
