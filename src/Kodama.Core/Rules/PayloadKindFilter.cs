namespace Kodama;

/// <summary>Drops messages, and values of the state, whose payload is not of a kind. A member's data is JSON anyway.</summary>
internal sealed class PayloadKindFilter(Func<Payload, bool> passes, string refusal) : IPromptFilter
{
    public ValueTask<FilterResult> FilterAsync(Message message, CancellationToken cancellationToken) =>
        new(message is { Kind: EntryKind.Presence } or { Action: EntryAction.Remove } || passes(message.Payload)
            ? FilterResult.Pass
            : FilterResult.Drop(refusal));
}
