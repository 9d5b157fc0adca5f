using Microsoft.Extensions.Logging;

namespace Kodama;

/// <summary>Asks the rules of rooms in their order; one that throws grants nothing.</summary>
internal sealed class RoomRules(IEnumerable<IRoomRule> first, ILogger logger)
{
    private readonly Lock adding = new();
    private IRoomRule[] rules = [.. first];

    public bool AreSome => Volatile.Read(ref rules).Length > 0;

    /// <summary>Asks one more, behind the others.</summary>
    public void Add(IRoomRule rule)
    {
        lock (adding) Volatile.Write(ref rules, [.. rules, rule]);
    }

    /// <summary>What all of them grant, and why the first that does not let the peer in does not.</summary>
    public ValueTask<RoomVerdict> GrantAsync(Peer peer, string room, string? token, CancellationToken cancellationToken)
    {
        var asked = Volatile.Read(ref rules);
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
}
