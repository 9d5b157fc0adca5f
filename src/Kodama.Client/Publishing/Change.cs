using Kodama.Client.Protocol;

namespace Kodama.Client.Publishing;

/// <summary>Something that is to be in a room once, whatever becomes of the connection: a message, a key, a member. Used with the client's
/// lock held, but for its task.</summary>
internal sealed class Change(ChangeLine line, string type, byte[] body, string id) : Request(type, body)
{
    private readonly TaskCompletionSource<Publication> end = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private RoomPosition? known;
    private int attempts;

    public Task<Publication> Task => end.Task;

    public string Id => id;

    public bool IsMessage => Type == "publish";

    /// <summary>The key that it sets or removes.</summary>
    public string? Key { get; init; }

    /// <summary>What a member enters with, as JSON.</summary>
    public ReadOnlyMemory<byte>? Data { get; init; }

    /// <summary>Whether the key goes with its writer.</summary>
    public bool IsBound { get; init; }

    public ChangeLine Line => line;

    /// <summary>Whether it has its share of what may wait.</summary>
    public bool IsAdmitted { get; set; }

    /// <summary>Counts the changes of a room.</summary>
    public long Order { get; set; }

    /// <summary>In its line, until it is decided or given up.</summary>
    public LinkedListNode<Change>? Place { get; set; }

    /// <summary>Whether the wire of the moment has it, and no answer to it yet.</summary>
    public bool IsUnderWay { get; set; }

    /// <summary>Whether any hub may have it.</summary>
    public bool WasSent => attempts > 0;

    /// <summary>What the hub has said, where what is to come may know better.</summary>
    public RequestRefusedException? Doubt { get; set; }

    public override RoomPosition? Again => attempts > 1 ? known : null;

    public override bool IsWithdrawn => Place is null;

    public override void OnSending()
    {
        attempts++;
        known ??= line.Position;
    }

    public override void OnAnswer(HubFrame answer) =>
        line.Acknowledge(this, new Publication(answer.Position, answer.IsDuplicate), isAnswer: true);

    public override void OnRefused(RequestRefusedException refusal) => line.Refuse(this, refusal);

    public override void OnLost(Exception? cause) => line.Lose(this);

    public void Succeed(Publication publication) => end.TrySetResult(publication);

    public void Fail(Exception why)
    {
        end.TrySetException(why);
        // Who published may not look any more.
        _ = end.Task.Exception;
    }
}
