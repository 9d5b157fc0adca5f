namespace Kodama.Pusher.Tests;

/// <summary>A rule and a filter that let the next caller wait, once they are told to, until they are told to go on.</summary>
internal sealed class Held : IRoomRule, IMessageFilter
{
    private readonly TaskCompletionSource asked = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource goOn = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int isNext;

    /// <summary>Ends when somebody waits.</summary>
    public Task Asked => asked.Task.Within();

    /// <summary>The next one is to wait.</summary>
    public void HoldNext() => Volatile.Write(ref isNext, 1);

    public void GoOn() => goOn.TrySetResult();

    public async ValueTask<RoomVerdict> GrantAsync(Peer peer, string room, string? token, CancellationToken cancellationToken)
    {
        await PassAsync();
        return RoomRights.All;
    }

    public async ValueTask<FilterResult> FilterAsync(Message message, CancellationToken cancellationToken)
    {
        await PassAsync();
        return FilterResult.Pass;
    }

    private async ValueTask PassAsync()
    {
        if (Interlocked.Exchange(ref isNext, 0) == 0) return;
        asked.TrySetResult();
        await goOn.Task.Within();
    }
}
