using System.Threading.Tasks.Sources;

namespace Kodama.Server;

/// <summary>One operation after another that is awaited without an allocation; who awaits goes on on the thread that ends it.</summary>
internal sealed class Completion : IValueTaskSource<int>, IValueTaskSource
{
    private ManualResetValueTaskSourceCore<int> core;

    /// <summary>Before the operation begins, as it may end at once and on another thread.</summary>
    public void Reset() => core.Reset();

    public ValueTask<int> AsValueTask() => new(this, core.Version);

    public ValueTask AsVoidTask() => new(this, core.Version);

    public void Set(int result) => core.SetResult(result);

    public void Fail(Exception exception) => core.SetException(exception);

    public int GetResult(short token) => core.GetResult(token);

    void IValueTaskSource.GetResult(short token) => core.GetResult(token);

    public ValueTaskSourceStatus GetStatus(short token) => core.GetStatus(token);

    public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        core.OnCompleted(continuation, state, token, flags);
}
