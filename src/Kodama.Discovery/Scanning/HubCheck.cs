namespace Kodama.Discovery;

/// <summary>Asks a hub that is known whether it is still there: at its best address, then at a few others at once.</summary>
internal sealed class HubCheck(HubProbe probe)
{
    private const int MaxOthers = 4;

    /// <summary>What was answered: its own answer alone if the best address gave it, else all that came, those of other hubs
    /// included.</summary>
    public async Task<IReadOnlyList<HubAnswer>> AskAsync(
        HubKey hub, IReadOnlyList<SweepTarget> targets, TimeSpan timeout, CancellationToken cancellationToken)
    {
        if (targets.Count == 0) return [];
        var best = await AskOneAsync(targets[0]);
        if (best is not null && HubKey.Of(best) == hub) return [best];
        var others = await Task.WhenAll(targets.Skip(1).Take(MaxOthers).Select(AskOneAsync));
        return [.. others.Prepend(best).OfType<HubAnswer>()];

        async Task<HubAnswer?> AskOneAsync(SweepTarget target) =>
            (await probe.AskAsync(target, timeout, hub.CertificateFingerprint is not null, cancellationToken)).Answer;
    }
}
