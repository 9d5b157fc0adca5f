using Microsoft.Extensions.Logging;

namespace Kodama;

/// <summary>Asks the rules in their order, counts what they refuse, and keeps what they throw from anything but themselves.</summary>
internal sealed class RuleRunner(HubRules rules, HubCounters counters, ILogger logger)
{
    private readonly IPeerValidator[] validators = [.. rules.Validators];
    private readonly IMessageFilter[] filters = [.. rules.Filters];
    private readonly IConnectionEvents[] events = [.. rules.Events];
    private readonly Lock adding = new();
    private IRoomRule[] roomRules = [.. rules.RoomRules];
    private readonly bool mayBlock = rules.Filters.Any(filter => filter is not IPromptFilter);

    public bool HasFilters => filters.Length > 0;

    public bool HasEvents => events.Length > 0;

    public bool HasRoomRules => Volatile.Read(ref roomRules).Length > 0;

    /// <summary>Asks one more, behind the others.</summary>
    public void Add(IRoomRule rule)
    {
        lock (adding) Volatile.Write(ref roomRules, [.. roomRules, rule]);
    }

    /// <summary>Null, or why the peer is refused; then all that had accepted it have been released.</summary>
    public async ValueTask<CloseReason?> ValidateAsync(Peer peer, CancellationToken cancellationToken)
    {
        for (var i = 0; i < validators.Length; i++)
        {
            var refusal = await ValidateAsync(validators[i], peer, null, cancellationToken);
            if (refusal is null) continue;
            Release(peer, i);
            counters.CountRefused();
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

    /// <summary>Tells the validators, the last first, that the peer has gone.</summary>
    public void Release(Peer peer) => Release(peer, validators.Length);

    /// <summary>What all room rules grant, and why the first that does not let the peer in does not.</summary>
    public ValueTask<RoomVerdict> GrantAsync(Peer peer, string room, string? token, CancellationToken cancellationToken)
    {
        var asked = Volatile.Read(ref roomRules);
        RoomVerdict verdict = RoomRights.All;
        for (var i = 0; i < asked.Length && verdict.Rights != RoomRights.None; i++)
        {
            var running = GrantAsync(asked[i], peer, room, token, cancellationToken);
            if (!running.IsCompletedSuccessfully) return GrantFromAsync(asked, i, running, verdict, peer, room, token, cancellationToken);
            verdict = verdict.And(running.Result);
        }
        return new(verdict);
    }

    // The way of a join whose rule takes time.
    private async ValueTask<RoomVerdict> GrantFromAsync(
        IRoomRule[] asked, int first, ValueTask<RoomVerdict> running, RoomVerdict verdict, Peer peer, string room, string? token,
        CancellationToken cancellationToken)
    {
        verdict = verdict.And(await running);
        for (var i = first + 1; i < asked.Length && verdict.Rights != RoomRights.None; i++)
        {
            verdict = verdict.And(await GrantAsync(asked[i], peer, room, token, cancellationToken));
        }
        return verdict;
    }

    private ValueTask<RoomVerdict> GrantAsync(IRoomRule rule, Peer peer, string room, string? token, CancellationToken cancellationToken)
    {
        try
        {
            var running = rule.GrantAsync(peer, room, token, cancellationToken);
            return running.IsCompletedSuccessfully ? running : GrantAsync(rule, running, peer, room, cancellationToken);
        }
        catch (Exception exception)
        {
            return GrantAsync(rule, ValueTask.FromException<RoomVerdict>(exception), peer, room, cancellationToken);
        }
    }

    private async ValueTask<RoomVerdict> GrantAsync(
        IRoomRule rule, ValueTask<RoomVerdict> running, Peer peer, string room, CancellationToken cancellationToken)
    {
        try
        {
            return await running;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return RoomRights.None;
        }
        catch (Exception exception)
        {
            RulesLog.RoomRuleFailed(logger, rule.GetType().Name, peer.Id, room, exception);
            return RoomRights.None;
        }
    }

    /// <summary>
    /// The message as the filters left it, or why one dropped it. Flushes the batch before it asks one of the application's: that may
    /// block, and others would not hear what has been published for them until then.
    /// </summary>
    public ValueTask<(Message Message, string? Refusal)> FilterAsync(Message message, FlushBatch batch, CancellationToken cancellationToken)
    {
        if (mayBlock) batch.Flush();
        for (var i = 0; i < filters.Length; i++)
        {
            var running = Ask(filters[i], message, cancellationToken);
            if (!running.IsCompletedSuccessfully) return FilterFromAsync(i, running, message, cancellationToken);
            if (Apply(running.Result, ref message) is { } refusal) return new(Dropped(message, refusal));
        }
        return new((message, null));
    }

    // The way of a message whose filter takes time, or has failed.
    private async ValueTask<(Message Message, string? Refusal)> FilterFromAsync(
        int first, ValueTask<FilterResult> running, Message message, CancellationToken cancellationToken)
    {
        for (var i = first; i < filters.Length; i++)
        {
            if (i > first) running = Ask(filters[i], message, cancellationToken);
            try
            {
                if (Apply(await running, ref message) is { } refusal) return Dropped(message, refusal);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return Dropped(message, "The connection ended while the message was checked.");
            }
            catch (Exception exception)
            {
                RulesLog.FilterFailed(logger, filters[i].GetType().Name, message.Sender?.Id, exception);
                return Dropped(message, "The hub failed to check the message.");
            }
        }
        return (message, null);
    }

    private static ValueTask<FilterResult> Ask(IMessageFilter filter, in Message message, CancellationToken cancellationToken)
    {
        try
        {
            return filter.FilterAsync(message, cancellationToken);
        }
        catch (Exception exception)
        {
            return ValueTask.FromException<FilterResult>(exception);
        }
    }

    private static string? Apply(in FilterResult result, ref Message message)
    {
        if (result.Replacement is { } replacement) message = message.With(replacement);
        return result.Refusal;
    }

    private (Message Message, string? Refusal) Dropped(in Message message, string refusal)
    {
        counters.CountFiltered();
        return (message, refusal);
    }

    public async ValueTask ConnectedAsync(Peer peer, CancellationToken cancellationToken)
    {
        foreach (var told in events)
        {
            try
            {
                await told.ConnectedAsync(peer, cancellationToken);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                // The client went away meanwhile, and the others are told of its coming all the same: they will be told of its going.
            }
            catch (Exception exception)
            {
                RulesLog.EventFailed(logger, told.GetType().Name, peer.Id, exception);
            }
        }
    }

    public async ValueTask DisconnectedAsync(Peer peer, CloseReason reason)
    {
        foreach (var told in events)
        {
            try
            {
                await told.DisconnectedAsync(peer, reason);
            }
            catch (Exception exception)
            {
                RulesLog.EventFailed(logger, told.GetType().Name, peer.Id, exception);
            }
        }
    }

    private async ValueTask<CloseReason?> ValidateAsync(
        IPeerValidator validator, Peer peer, RoomRights? requested, CancellationToken cancellationToken)
    {
        try
        {
            var verdict = requested is { } wanted
                ? await validator.ValidateRequestAsync(peer, wanted, cancellationToken)
                : await validator.ValidateAsync(peer, cancellationToken);
            return verdict.IsAccepted ? null : verdict.Refusal;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return CloseReason.Refused;
        }
        catch (Exception exception)
        {
            RulesLog.ValidatorFailed(logger, validator.GetType().Name, exception);
            return CloseReason.Refused;
        }
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
