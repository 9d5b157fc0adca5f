using Microsoft.Extensions.Logging;

namespace Kodama;

/// <summary>Asks the filters in their order, counts what they drop, and keeps what they throw from anything but that message.</summary>
internal sealed class MessageFilters(IEnumerable<IMessageFilter> rules, HubCounters counters, ILogger logger)
{
    private readonly IMessageFilter[] filters = [.. rules];
    private readonly bool mayBlock = rules.Any(filter => filter is not IPromptFilter);

    public bool AreSome => filters.Length > 0;

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
}
