namespace Kodama.SocketIO;

/// <summary>Waits for the answer of one socket.</summary>
internal sealed class SingleAck<T>(ArgumentJson json) : PendingAck
{
    private readonly TaskCompletionSource<T?> completion = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task<T?> Task => completion.Task;

    public override void OnAnswer(in Packet packet)
    {
        try
        {
            completion.TrySetResult(AckAnswer.Read<T>(json, packet));
        }
        catch (Exception exception)
        {
            // The answer is no T, or the application knows no such type: the caller's affair.
            completion.TrySetException(exception);
        }
    }

    public override void OnGone(string reason) =>
        completion.TrySetException(new SocketIOException($"The socket has ended ({reason}) before it acknowledged the event."));
}
