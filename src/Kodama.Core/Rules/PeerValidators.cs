using Microsoft.Extensions.Logging;

namespace Kodama;

/// <summary>Asks the validators in their order, and keeps what they throw from anything but that client.</summary>
internal sealed class PeerValidators(IEnumerable<IPeerValidator> rules, HubCounters counters, ILogger logger)
{
    private readonly IPeerValidator[] validators = [.. rules];

    /// <summary>Null, or why the peer is refused; then all that had accepted it have been released. Whoever asks counts it.</summary>
    public async ValueTask<CloseReason?> ValidateAsync(Peer peer, CancellationToken cancellationToken)
    {
        for (var i = 0; i < validators.Length; i++)
        {
            var refusal = await ValidateAsync(validators[i], peer, null, cancellationToken);
            if (refusal is null) continue;
            Release(peer, i);
            return refusal;
        }
        return null;
    }

    /// <summary>Null, or why a client that holds no connection may not do what it asks for.</summary>
    public async ValueTask<CloseReason?> ValidateRequestAsync(Peer client, RoomRights wanted, CancellationToken cancellationToken)
    {
        foreach (var validator in validators)
        {
            if (await ValidateAsync(validator, client, wanted, cancellationToken) is not { } refusal) continue;
            counters.CountRefused();
            return refusal;
        }
        return null;
    }

    /// <summary>Tells them, the last first, that the peer has gone.</summary>
    public void Release(Peer peer) => Release(peer, validators.Length);

    private async ValueTask<CloseReason?> ValidateAsync(
        IPeerValidator validator, Peer peer, RoomRights? requested, CancellationToken cancellationToken)
    {
        CloseReason? refusal;
        try
        {
            var verdict = requested is { } wanted
                ? await validator.ValidateRequestAsync(peer, wanted, cancellationToken)
                : await validator.ValidateAsync(peer, cancellationToken);
            refusal = verdict.IsAccepted ? null : verdict.Refusal;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            refusal = CloseReason.Refused;
        }
        catch (Exception exception)
        {
            RulesLog.ValidatorFailed(logger, validator.GetType().Name, exception);
            refusal = CloseReason.Refused;
        }
        return refusal;
    }

    private void Release(Peer peer, int count)
    {
        for (var i = count - 1; i >= 0; i--)
        {
            try
            {
                validators[i].Release(peer);
            }
            catch (Exception exception)
            {
                RulesLog.EventFailed(logger, validators[i].GetType().Name, peer.Id, exception);
            }
        }
    }
}
