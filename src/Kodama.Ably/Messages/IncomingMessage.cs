using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Kodama.Ably;

/// <summary>A message as a client has sent it (TM2), looked at and made ready for the room.</summary>
internal sealed class IncomingMessage
{
    /// <summary>The event of a message without a name.</summary>
    private const string Nameless = Message.DefaultEvent;

    private const int MaxName = 255;

    public string Event { get; private init; } = Nameless;

    public Payload Payload { get; private init; }

    /// <summary>An id of the client's own, or null.</summary>
    public string? Id { get; private init; }

    public required MessageNote Note { get; init; }

    /// <summary>Whether it is for those who are there now.</summary>
    public bool IsEphemeral { get; private init; }

    public MessageAction Action { get; private init; }

    /// <summary>What the client has sent.</summary>
    public WireElement Source { get; private init; }

    /// <summary>The bytes that count for <c>maxMessageSize</c> (TO3l8).</summary>
    public long Size { get; private init; }

    /// <summary>The message; or why it is none.</summary>
    /// <param name="message">As it came.</param>
    /// <param name="access">Whose.</param>
    /// <param name="authorName">The name that others know its author by, or null.</param>
    public static (IncomingMessage? Message, AblyError? Error) Read(WireElement message, Access access, string? authorName)
    {
        if (!message.IsMap) return (null, AblyError.BadRequest("A message is an object with name and data."));
        var action = message["action"u8].Integer ?? 0;
        if (action is < 0 or > (int)MessageAction.Append) return (null, AblyError.BadRequest("A message's action is from 0 to 5."));
        var name = message["name"u8].Text;
        if (name?.Length > MaxName) return (null, AblyError.BadRequest($"A message's name has at most {MaxName} characters."));
        var (clientId, wrong) = ClientIdOf(message["clientId"u8].Text, access);
        if (wrong is not null) return (null, wrong);
        var isNameless = string.IsNullOrEmpty(name);
        if (MessageData.ToPayload(message["data"u8], message["encoding"u8].Text, isNameless) is not var (payload, encoding))
            return (null, new AblyError(40013, 400, "Data are a text, bytes, or JSON with the encoding json."));
        var extras = message["extras"u8] is { IsMap: true } told ? MessageData.ToJson(told) : default(ReadOnlyMemory<byte>);
        var id = message["id"u8].Text is { Length: > 0 } said ? said : null;
        return (new IncomingMessage
        {
            Event = isNameless ? Nameless : name!,
            Payload = payload,
            Id = id,
            IsEphemeral = message["extras"u8]["ephemeral"u8].Kind == WireKind.True,
            Action = (MessageAction)action,
            Source = message,
            Size = (name?.Length ?? 0) + (clientId?.Length ?? 0) + (id?.Length ?? 0) + (encoding?.Length ?? 0) + extras.Length
                + payload.Bytes.Length,
            Note = new MessageNote
            {
                // Where the room cannot have it as its own.
                Id = id is null || PublishId.IsValid(id) ? null : id,
                ClientId = clientId == authorName ? null : clientId,
                Encoding = encoding,
                Extras = extras,
                IsNameless = isNameless,
            },
        }, null);
    }

    /// <summary>As whom somebody speaks who says this clientId, or none; or why it may not.</summary>
    public static (string? ClientId, AblyError? Error) ClientIdOf(string? said, Access access)
    {
        if (said is null) return (access.Name, null);
        if (Access.RefuseClientId(said) is { } wrong) return (null, wrong);
        return access.MayBe(said)
            ? (said, null)
            : (null, new AblyError(40012, 400, "The clientId of the message is not that of the client."));
    }

    /// <summary>An id of the client's own, by which it is published once whoever sends it.</summary>
    public static PublishId OnceForAll(string id) =>
        new(PublishId.IsValid(id) ? id : Base64Url.EncodeToString(SHA256.HashData(Encoding.UTF8.GetBytes(id))), Scope: PublishId.Anonymous);
}
