namespace Kodama;

/// <summary>
/// The way of what a peer says to its place in a room: whether it may, whether it was published before, and what the filters make of it.
/// </summary>
internal sealed class Publishing(Hub hub, MessageFilters filters)
{
    /// <summary>A message of a member, or of a client that visits.</summary>
    public ValueTask<PublishResult> PublishAsync(
        Peer sender, Visit? visit, Room room, Payload payload, string eventName, in PublishOptions options, FlushBatch batch,
        CancellationToken cancellationToken)
    {
        sender.MessagesIn++;
        Membership? member = null;
        // Who visits is asked about the room, and not about its place there.
        if (visit is null && sender.HasConnection)
        {
            member = sender.Find(room);
            if (Standing.RefusePublishing(room, member) is { } refusal) return new(refusal);
        }
        if (options is { IsTransient: true, Id: not null }) return new(PublishResult.Refused(
            RefusalCode.Invalid, "An id is for messages that have a place, and a transient one has none: leave one of the two out."));
        var message = new Message(sender, room, eventName, payload, hub.Time.GetUtcNow())
        {
            IsTransient = options.IsTransient,
            Id = options.Id?.Value,
            Note = options.Note,
        };
        var standing = new Standing(member, visit) { Without = options.Without, WithoutAuthor = options.WithoutAuthor };
        if (options.Id is { } id) return PublishOnceAsync(message, id, standing, batch, cancellationToken);
        if (!filters.AreSome) return new(room.Publisher.Publish(message, batch, standing: standing));
        return FilterAndPublishAsync(message, null, default, standing, batch, sender.UntilGone(cancellationToken));
    }

    /// <summary>A change of a key that a peer asks for.</summary>
    public ValueTask<PublishResult> PublishAsync(
        Room room, KeyChange change, Peer writer, FlushBatch batch, CancellationToken cancellationToken) =>
        filters.AreSome
            ? FilterAndPublishAsync(room, change, writer, batch, writer.UntilGone(cancellationToken))
            : new(room.Publisher.Publish(change, batch));

    // What was published under the id before the rules are asked: they may have changed what it said, or count what they are asked.
    private ValueTask<PublishResult> PublishOnceAsync(
        in Message message, in PublishId id, in Standing standing, FlushBatch batch, CancellationToken cancellationToken)
    {
        if (!PublishId.IsValid(id.Value))
        {
            return new(PublishResult.Refused(
                RefusalCode.Invalid, $"An id takes 1 to {PublishId.MaxLength} characters of printable ASCII without spaces."));
        }
        var publisher = message.Room!.Publisher;
        var digest = PublishId.Digest(message.Event, message.Payload);
        if (publisher.Find(id, digest, message.Author?.Id) is { } found) return new(found);
        if (!filters.AreSome) return new(publisher.Publish(message, batch, null, id, digest, standing));
        if (id.FirstSeen is not null && message.Room.Decides)
            return FindAndPublishAsync(message, id, digest, standing, batch, cancellationToken);
        return FilterAndPublishAsync(message, id, digest, standing, batch, message.Sender!.UntilGone(cancellationToken));
    }

    // The way of what is sent again, perhaps to another hub than before. Whoever is about to wait flushes first.
    private async ValueTask<PublishResult> FindAndPublishAsync(
        Message message, PublishId id, UInt128 digest, Standing standing, FlushBatch batch, CancellationToken cancellationToken)
    {
        batch.Flush();
        if (await message.Room!.Publisher.FindKeptAsync(id, digest, message.Author?.Id) is { } found) return found;
        return await FilterAndPublishAsync(message, id, digest, standing, batch, message.Sender!.UntilGone(cancellationToken));
    }

    private ValueTask<PublishResult> FilterAndPublishAsync(
        in Message message, PublishId? id, UInt128 digest, in Standing standing, FlushBatch batch, CancellationToken cancellationToken)
    {
        var filtering = filters.FilterAsync(message, batch, cancellationToken);
        if (!filtering.IsCompletedSuccessfully) return PublishWhenFilteredAsync(filtering, id, digest, standing, batch);
        var (passed, refusal) = filtering.Result;
        return new(PublishUnless(refusal, passed, id, digest, standing, batch));
    }

    private static async ValueTask<PublishResult> PublishWhenFilteredAsync(
        ValueTask<(Message Message, string? Refusal)> filtering, PublishId? id, UInt128 digest, Standing standing, FlushBatch batch)
    {
        var (passed, refusal) = await filtering;
        return PublishUnless(refusal, passed, id, digest, standing, batch);
    }

    private static PublishResult PublishUnless(
        string? refusal, in Message message, in PublishId? id, UInt128 digest, in Standing standing, FlushBatch batch)
    {
        var publisher = message.Room!.Publisher;
        if (refusal is null) return publisher.Publish(message, batch, null, id, digest, standing) with { Filtered = message.Payload };
        publisher.Dropped(id, message.Author?.Id);
        return PublishResult.Refused(RefusalCode.MessageRefused, refusal);
    }

    // The way of one with an id: it is looked up before the filters, which may count what they are asked.
    private async ValueTask<PublishResult> FilterAndPublishAsync(
        Room room, KeyChange change, Peer writer, FlushBatch batch, CancellationToken cancellationToken)
    {
        var publisher = room.Publisher;
        if (change.Id is not null && publisher.Find(change) is { } found) return found;
        var entry = change.Entry;
        // Of what is bound, only its place in the order says whether it is the same still.
        if (!entry.IsBound && room.Decides && change.Id is { FirstSeen: not null })
        {
            batch.Flush();
            if (await publisher.FindKeptAsync(change.Id, change.Digest, entry.Author?.Id) is { } kept) return kept;
        }
        var message = new Message(writer, room, entry.Event, entry.Payload, hub.Time.GetUtcNow())
        {
            Id = entry.Id,
            Note = entry.Note,
            Change = entry,
        };
        var (passed, refusal) = await filters.FilterAsync(message, batch, cancellationToken);
        var refused = refusal is null
            ? change.Form?.Invoke(passed.Payload)
            : PublishResult.Refused(RefusalCode.MessageRefused, refusal);
        if (refused is { } why)
        {
            publisher.Dropped(change.Id, entry.Author?.Id);
            return why;
        }
        entry.Replace(passed.Payload);
        return publisher.Publish(change, batch);
    }
}
