using System.Collections.Concurrent;

namespace Kodama;

/// <summary>Connections of one session come in one after another, in the order in which they came. Thread-safe.</summary>
internal sealed class SessionTurns
{
    private readonly ConcurrentDictionary<string, TaskCompletionSource> last = new(StringComparer.Ordinal);

    /// <summary>Waits until those before it have ended their turns; without a session there is nobody to wait for.</summary>
    public async ValueTask<Turn> TakeAsync(string? session)
    {
        if (session is null) return default;
        var mine = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        TaskCompletionSource? before = null;
        last.AddOrUpdate(session, mine, (_, known) =>
        {
            before = known;
            return mine;
        });
        if (before is not null) await before.Task;
        return new Turn(this, session, mine);
    }

    /// <summary>A turn, until it is disposed.</summary>
    public readonly struct Turn(SessionTurns turns, string session, TaskCompletionSource mine) : IDisposable
    {
        public void Dispose()
        {
            if (turns is null) return;
            turns.last.TryRemove(new(session, mine));
            mine.SetResult();
        }
    }
}
