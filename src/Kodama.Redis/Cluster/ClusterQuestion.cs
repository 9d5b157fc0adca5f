namespace Kodama.Redis;

/// <summary>A question to all hubs that is not answered by all of them yet. Thread-safe.</summary>
internal sealed class ClusterQuestion(Func<ReadOnlyMemory<byte>, bool>? isEnough)
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, ReadOnlyMemory<byte>?> answers = new(StringComparer.Ordinal);
    private readonly TaskCompletionSource done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long? asked;

    /// <summary>Ends when it is answered.</summary>
    public Task Done => done.Task;

    /// <summary>So many have got it, this hub too where it hears itself.</summary>
    public void SetAsked(long receivers)
    {
        lock (gate)
        {
            asked = receivers;
            EndIfDone_NeedsLock();
        }
    }

    /// <summary>One has answered; null for this hub itself, which has heard that it asks.</summary>
    public void Add(string hub, ReadOnlyMemory<byte>? answer)
    {
        lock (gate)
        {
            if (!answers.TryAdd(hub, answer)) return;
            if (answer is { } said && isEnough?.Invoke(said) == true) done.TrySetResult();
            else EndIfDone_NeedsLock();
        }
    }

    /// <summary>What was answered so far, and which of these hubs have not.</summary>
    public ClusterAnswers Read(IEnumerable<string> hubs)
    {
        lock (gate)
        {
            return new ClusterAnswers(
                [.. from answer in answers where answer.Value is not null select (answer.Key, answer.Value!.Value)],
                [.. hubs.Where(hub => !answers.ContainsKey(hub))]);
        }
    }

    private void EndIfDone_NeedsLock()
    {
        if (answers.Count >= asked) done.TrySetResult();
    }
}
