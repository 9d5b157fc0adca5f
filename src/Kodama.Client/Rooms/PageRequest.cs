using Kodama.Client.Protocol;

namespace Kodama.Client.Rooms;

/// <summary>A page of what was said, which is asked for until it comes.</summary>
internal sealed class PageRequest(RoomMembership room, byte[] body, Func<HubFrame, HistoryPage> read) : Request("history", body)
{
    private readonly TaskCompletionSource<HistoryPage> page = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task<HistoryPage> Task => page.Task;

    /// <summary>Whether the wire of the moment has it.</summary>
    public bool IsUnderWay { get; set; }

    public override bool IsWithdrawn => page.Task.IsCompleted;

    public override void OnAnswer(HubFrame answer)
    {
        page.TrySetResult(read(answer));
        room.Answered(this);
    }

    public override void OnRefused(RequestRefusedException refusal)
    {
        IsUnderWay = false;
        // The join has not succeeded; it is tried again, and this then too.
        if (refusal.Code == RequestRefusedException.NotJoined && !room.IsJoined && !room.HasEnded) return;
        Fail(refusal);
        room.Answered(this);
    }

    public override void OnLost(Exception? cause) => IsUnderWay = false;

    public void Fail(Exception why)
    {
        page.TrySetException(why);
        _ = page.Task.Exception;
    }

    public void Cancel(CancellationToken cancellationToken)
    {
        page.TrySetCanceled(cancellationToken);
        room.Answered(this);
    }
}
