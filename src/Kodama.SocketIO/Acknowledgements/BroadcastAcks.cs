namespace Kodama.SocketIO;

/// <summary>All arguments of a client's acknowledgement: what <c>EmitWithAckAsync</c> answers where that is asked for.</summary>
public sealed class SocketIOAnswer
{
    private readonly ArgumentJson json;

    internal SocketIOAnswer(ArgumentJson json, ReadOnlyMemory<byte> arguments, IReadOnlyList<ReadOnlyMemory<byte>> attachments)
    {
        this.json = json;
        Arguments = arguments;
        Attachments = attachments;
    }

    /// <summary>The arguments as a JSON array in UTF-8; <c>{"_placeholder":true,"num":n}</c> stands for attachment n.</summary>
    public ReadOnlyMemory<byte> Arguments { get; }

    /// <summary>The binary parts.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> Attachments { get; }

    /// <summary>The argument at this place, from 0; the type's default value where there are fewer.</summary>
    /// <exception cref="System.Text.Json.JsonException">It is no such value.</exception>
    public T? Get<T>(int index) => json.Read<T>(Arguments, Attachments, index);
}

/// <summary>What the receivers of a broadcast have answered.</summary>
/// <param name="Answers">The answers that came, in the order in which they did.</param>
/// <param name="Expected">How many sockets were asked.</param>
public sealed record BroadcastAcks<T>(IReadOnlyList<T?> Answers, int Expected)
{
    /// <summary>Hubs of the cluster that have not said within a second whom they ask, by their ids: what their sockets have answered is
    /// not among the answers.</summary>
    public IReadOnlyList<string> MissingHubs { get; init; } = [];

    /// <summary>Whether all have answered; if not, the others ended or took too long, or a hub is missing.</summary>
    public bool IsComplete => Answers.Count == Expected && MissingHubs.Count == 0;
}
