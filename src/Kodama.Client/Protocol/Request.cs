namespace Kodama.Client.Protocol;

/// <summary>Something that the hub is asked for. Called with the client's lock held.</summary>
/// <param name="type">As the protocol has it.</param>
/// <param name="body">What <see cref="RequestBody"/> has written.</param>
internal abstract class Request(string type, byte[] body)
{
    public string Type => type;

    public ReadOnlyMemory<byte> Body => body;

    /// <summary>The payload, if it is bytes: a message of its own behind the request.</summary>
    public ReadOnlyMemory<byte>? Bytes { get; init; }

    /// <summary>A position that the client knew before it sent this first, if it is sent again.</summary>
    public virtual RoomPosition? Again => null;

    /// <summary>Whether nobody wants it any more: it is not sent then.</summary>
    public virtual bool IsWithdrawn => false;

    /// <summary>What it takes of the publish queue.</summary>
    public int Size => body.Length + (Bytes?.Length ?? 0);

    /// <summary>It is about to be sent.</summary>
    public virtual void OnSending()
    {
    }

    /// <summary>The hub has done it.</summary>
    public abstract void OnAnswer(HubFrame answer);

    /// <summary>The hub has not.</summary>
    public abstract void OnRefused(RequestRefusedException refusal);

    /// <summary>The connection has ended before there was an answer.</summary>
    public abstract void OnLost(Exception? cause);
}

/// <summary>A request that somebody waits for, over one connection.</summary>
internal sealed class Ask<T>(string type, byte[] body, Func<HubFrame, T> read) : Request(type, body)
{
    private readonly TaskCompletionSource<T> answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool wasSent;

    public Task<T> Task => answer.Task;

    public override void OnSending() => wasSent = true;

    public override void OnAnswer(HubFrame frame) => answer.TrySetResult(read(frame));

    public override void OnRefused(RequestRefusedException refusal) => Fail(refusal);

    public override void OnLost(Exception? cause) => Fail(new NotConnectedException(
        wasSent
            ? "The connection to the hub broke before it had answered: what was asked for may have been done or not."
            : "The connection to the hub broke before anything was sent.",
        cause));

    private void Fail(Exception why)
    {
        answer.TrySetException(why);
        // Who asked may not wait any more.
        _ = answer.Task.Exception;
    }
}

/// <summary>A request whose answer means nothing.</summary>
internal sealed class Remark(string type, byte[] body) : Request(type, body)
{
    public override void OnAnswer(HubFrame answer)
    {
    }

    public override void OnRefused(RequestRefusedException refusal)
    {
    }

    public override void OnLost(Exception? cause)
    {
    }
}
