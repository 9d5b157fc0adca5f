using System.IO.Pipelines;
using System.Runtime.CompilerServices;

namespace Kodama.Server;

/// <summary>
/// Tells of the end only to who has taken what came before it, or can do nothing with that: Kestrel takes an end that it sees together with
/// a body for one inside it, and aborts the request.
/// </summary>
internal sealed class EndLastReader(PipeReader inner) : PipeReader
{
    private ReadResult last;

    // What was shown and nothing taken of it.
    private long refused;

    public override bool TryRead(out ReadResult result)
    {
        if (!inner.TryRead(out result)) return false;
        result = Show(result);
        return true;
    }

    public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
    {
        var reading = inner.ReadAsync(cancellationToken);
        return reading.IsCompletedSuccessfully ? new(Show(reading.Result)) : ShowAsync(reading);
    }

    public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        // Kestrel gives no position where it has failed.
        var left = consumed.GetObject() is null || last.Buffer.IsEmpty ? last.Buffer.Length : last.Buffer.Slice(consumed).Length;
        refused = left == last.Buffer.Length ? left : 0;
        last = default;
        inner.AdvanceTo(consumed, examined);
    }

    public override void CancelPendingRead() => inner.CancelPendingRead();

    public override void Complete(Exception? exception = null) => inner.Complete(exception);

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<ReadResult> ShowAsync(ValueTask<ReadResult> reading) => Show(await reading);

    private ReadResult Show(ReadResult result)
    {
        last = result;
        var isTakeable = result.Buffer.Length > refused;
        return isTakeable && result.IsCompleted ? new ReadResult(result.Buffer, result.IsCanceled, isCompleted: false) : result;
    }
}
