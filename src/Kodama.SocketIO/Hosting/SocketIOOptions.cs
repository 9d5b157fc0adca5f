using System.Text.Json;

namespace Kodama.SocketIO;

/// <summary>What the user asked of a Socket.IO server. Read once, when the server is made. Names and defaults are those of node.</summary>
public sealed class SocketIOOptions : EngineOptions
{
    /// <summary>How long a client may be connected without joining a namespace. Default 45 s.</summary>
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(45);

    /// <summary>Most attachments of one event. Default 10.</summary>
    public int MaxAttachments { get; set; } = 10;

    /// <summary>Which packets clients may send: JSON, or those of npm's <c>socket.io-msgpack-parser</c>. Default <see
    /// cref="SocketIOParser.Any"/>: each client its own.</summary>
    public SocketIOParser Parser { get; set; }

    /// <summary>Lets clients come back as the socket that they were. Null, the default: they do not.</summary>
    public RecoveryOptions? ConnectionStateRecovery { get; set; }

    /// <summary>How long an acknowledgement is waited for where <c>Timeout</c> says nothing; <see
    /// cref="System.Threading.Timeout.InfiniteTimeSpan"/> for as long as the socket lives. Default 1 min.</summary>
    public TimeSpan AckTimeout { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>Most acknowledgements that may be missing of one socket. Default 1,024.</summary>
    public int MaxPendingAcks { get; set; } = 1024;

    /// <summary>Most events of one socket that may wait for its handlers, of 1 MiB or one of any size; then its connection reads no
    /// further, unless an acknowledgement of the client is expected: then it ends with four times as many. Default 1,024.</summary>
    public int MaxPendingEvents { get; set; } = 1024;

    /// <summary>Most namespaces that one connection may be in. Default 64.</summary>
    public int MaxNamespacesPerConnection { get; set; } = 64;

    /// <summary>
    /// Whether any namespace exists that a client asks for, without code, as long as somebody is in it. Where there is a predicate
    /// (<see cref="SocketIOServer.Of(Func{string, HandshakeInfo, ValueTask{bool}})"/>), that decides. Default false, as in node.
    /// </summary>
    public bool AnyNamespace { get; set; }

    /// <summary>
    /// Whether a namespace without connection handlers hands what a client sends to the others in its room, so that clients can say
    /// anything to each other. Default false: events go to handlers, and to nobody where there are none.
    /// </summary>
    public bool Relay { get; set; }

    /// <summary>
    /// Whether rooms of namespace <c>/</c> are those of the hub, with the peers of <c>/ws</c> and of other servers that share them. Null,
    /// the default: those of the first server are; another has rooms of its own, which are closed to all others.
    /// </summary>
    public bool? SharesRooms { get; set; }

    /// <summary>
    /// How arguments are read and written. Set <see cref="JsonSerializerOptions.TypeInfoResolver"/> to a source-generated context for types
    /// of the application's own; where reflection is not trimmed away, that finds the others.
    /// </summary>
    public JsonSerializerOptions Json { get; set; } = new(JsonSerializerDefaults.Web);

    /// <inheritdoc/>
    public override void Validate()
    {
        base.Validate();
        RequireTime(ConnectTimeout, nameof(ConnectTimeout));
        if (AckTimeout != Timeout.InfiniteTimeSpan) RequireTime(AckTimeout, nameof(AckTimeout));
        AtLeastOne(MaxAttachments, nameof(MaxAttachments));
        AtLeastOne(MaxPendingAcks, nameof(MaxPendingAcks));
        AtLeastOne(MaxPendingEvents, nameof(MaxPendingEvents));
        AtLeastOne(MaxNamespacesPerConnection, nameof(MaxNamespacesPerConnection));
        Require(Enum.IsDefined(Parser), $"Parser is {Parser}; it must be Any, Json or MessagePack.");
        Require(
            Parser != SocketIOParser.MessagePack || !AllowEIO3,
            "Parser is MessagePack and AllowEIO3 true, but such clients have JSON: set Parser to Any, or AllowEIO3 to false.");
        Require(Json is not null, "Json is null: leave it out for the default.");
        ConnectionStateRecovery?.Validate();
    }

    private static void AtLeastOne(int value, string name) => Require(value >= 1, $"{name} is {value}; it must be at least 1.");
}

/// <summary>How a client writes packets, and is written to.</summary>
public enum SocketIOParser
{
    /// <summary>As it says by its first message: a text is JSON, bytes are MessagePack.</summary>
    Any,

    /// <summary>JSON, with bytes as attachments: what clients do unless told otherwise.</summary>
    Json,

    /// <summary>MessagePack, as npm's <c>socket.io-msgpack-parser</c> writes it.</summary>
    MessagePack,
}
