using System.Net.WebSockets;
using System.Text.Json;
using Kodama.Client.Connecting;

namespace Kodama.Client.Sessions;

/// <summary>The first word of each side, behind the handshake (docs/specs/kodama.v1.md, "Coming in").</summary>
/// <param name="Session">The client's from now on.</param>
/// <param name="IsResumed">Whether it is the one that it had.</param>
/// <param name="Limits">The hub's.</param>
/// <param name="Others">Where its cluster's other hubs are.</param>
internal sealed record Hello(HubSession Session, bool IsResumed, HubLimits Limits, OtherHubs Others)
{
    public const string Subprotocol = "kodama.v1";

    /// <summary>Says who the client is, and hears what the hub makes of it.</summary>
    /// <exception cref="KodamaClientException">The hub refuses it, or is none.</exception>
    public static async Task<Hello> SayAsync(HubConnection connection, HubSession? session, CancellationToken cancellationToken)
    {
        if (!await connection.TrySendAsync(Write(session), WebSocketMessageType.Text).ConfigureAwait(false))
            throw new HubUnreachableException(connection.Address.ToString(), "it closed the connection behind the handshake.");
        var answer = await connection.ReadFirstAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return Read(answer);
        }
        catch (Exception exception) when (
            exception is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw new HubProtocolException(
                $"{connection.Address} agrees to {Subprotocol} and does not speak it: it is another WebSocket server, perhaps.", exception);
        }
    }

    private static byte[] Write(HubSession? session)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream))
        {
            writer.WriteStartObject();
            writer.WriteString("type"u8, "hello"u8);
            if (session is not null)
            {
                writer.WriteStartObject("session"u8);
                writer.WriteString("id"u8, session.Id);
                writer.WriteString("secret"u8, session.Secret);
                writer.WriteEndObject();
            }
            writer.WriteEndObject();
        }
        return stream.ToArray();
    }

    private static Hello Read(in HubMessage answer)
    {
        var root = JsonElement.Parse(answer.Bytes.Span);
        if (!answer.IsText || !root.GetProperty("type"u8).ValueEquals("hello"u8)) throw new FormatException("It is no hello.");
        var session = root.GetProperty("session"u8);
        return new Hello(
            new HubSession(
                session.GetProperty("id"u8).GetString() ?? throw new FormatException("A session has an id."),
                session.GetProperty("secret"u8).GetString() ?? throw new FormatException("A session has a secret.")),
            root.GetProperty("resumed"u8).GetBoolean(),
            new HubLimits(root.GetProperty("limits"u8).GetProperty("frame"u8).GetInt32()),
            root.TryGetProperty("cluster"u8, out var hubs) ? OtherHubs.Of(hubs) : OtherHubs.None);
    }
}
