namespace Kodama;

/// <summary>Drops messages whose payload is not of a kind.</summary>
internal sealed class PayloadKindFilter(Func<Payload, bool> passes, string refusal) : IPromptFilter
{
    public ValueTask<FilterResult> FilterAsync(Message message, CancellationToken cancellationToken) =>
        new(passes(message.Payload) ? FilterResult.Pass : FilterResult.Drop(refusal));
}
