using System.Runtime.CompilerServices;

namespace Kodama.Bench.Soak;

/// <summary>Only publishes, by POST; hears nothing.</summary>
internal sealed class HttpPeer(Wire wire) : SoakPeer(wire)
{
    private readonly TaskCompletionSource _gone = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private string _room = "";

    public override async Task JoinAsync(string room, CancellationToken cancellationToken)
    {
        _room = room;
        using var answer = await Wire.Http.GetAsync("api/hub", cancellationToken);
        answer.EnsureSuccessStatusCode();
    }

    public override Task SayAsync(string text, CancellationToken cancellationToken) =>
        EventStreamPeer.PublishAsync(Wire, _room, text, cancellationToken);

    public override async IAsyncEnumerable<string> HearAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await _gone.Task.WaitAsync(cancellationToken);
        yield break;
    }

    public override Task LeaveAsync(CancellationToken cancellationToken)
    {
        _gone.TrySetResult();
        return Task.CompletedTask;
    }
}
