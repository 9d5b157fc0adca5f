namespace Kodama.SocketIO;

/// <summary>Collects the answers of many sockets to one event, until all have answered or ended, or time is over.</summary>
internal sealed class BroadcastAck<T>(ArgumentJson json) : PendingAck
{
    private readonly Lock gate = new();
    private readonly List<T?> answers = [];
    private readonly TaskCompletionSource completion = new(TaskCreationOptions.RunContinuationsAsynchronously);

    // One for whoever asks, so that answers that come meanwhile do not end it.
    private int missing = 1;
    private int expected;

    public Task AllAnswered => completion.Task;

    public BroadcastAcks<T> Result
    {
        get
        {
            lock (gate) return new BroadcastAcks<T>([.. answers], expected);
        }
    }

    public void Expect()
    {
        lock (gate)
        {
            missing++;
            expected++;
        }
    }

    /// <summary>All who are to be asked have been.</summary>
    public void Begin() => Miss();

    public override void OnAnswer(in Packet packet)
    {
        try
        {
            var answer = AckAnswer.Read<T>(json, packet);
            lock (gate) answers.Add(answer);
        }
        catch (System.Text.Json.JsonException)
        {
            // One client's nonsense does not spoil the others' answers: it counts as none.
        }
        Miss();
    }

    public override void OnGone(string reason) => Miss();

    private void Miss()
    {
        lock (gate)
        {
            if (--missing > 0) return;
        }
        completion.TrySetResult();
    }
}
