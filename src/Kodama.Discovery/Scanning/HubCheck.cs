namespace Kodama.Discovery;

/// <summary>Asks a hub that is known whether it is still there: at its best address, then at a few others at once.</summary>
internal sealed class HubCheck(HubProbe probe)
{
    private const int MaxOthers = 4;

    public async Task<HubAnswer?> AskAsync(IReadOnlyList<(SweepTarget Target, bool IsTls)> targets, TimeSpan timeout, CancellationToken cancellationToken)
    {
        if (targets.Count == 0) return null;
        if (await AskOneAsync(targets[0]) is { } answer) return answer;
        var others = await Task.WhenAll(targets.Skip(1).Take(MaxOthers).Select(AskOneAsync));
        return others.FirstOrDefault(a => a is not null);

        async Task<HubAnswer?> AskOneAsync((SweepTarget Target, bool IsTls) target) =>
            (await probe.AskAsync(target.Target, timeout, target.IsTls, cancellationToken)).Answer;
    }
}
