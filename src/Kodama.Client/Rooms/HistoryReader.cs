using Kodama.Client.Protocol;

namespace Kodama.Client.Rooms;

/// <summary>Asks for pages of what was said, one after another in a direction.</summary>
internal sealed class HistoryReader(RoomsConversation client, RoomMembership room)
{
    public async Task<HistoryPage> ReadAsync(RoomPosition? before, RoomPosition? after, int limit, CancellationToken cancellationToken)
    {
        var body = RequestBody.Write((room.Settings.Room, before, after, limit), static (writer, page) =>
        {
            writer.WriteString("room"u8, page.Room);
            if (page.before is { } end) writer.WriteString("before"u8, end.ToString());
            if (page.after is { } begin) writer.WriteString("after"u8, begin.ToString());
            writer.WriteNumber("limit"u8, page.limit);
        });
        var request = new PageRequest(room, body, frame => Read(frame, after is not null, limit));
        client.Do(() =>
        {
            client.ThrowIfClosed_NeedsLock();
            if (room.HasEnded) throw new NotConnectedException($"Room {room.Settings.Room} was left: join it again.");
            room.Ask(request);
            return true;
        });
        using var cancelled = cancellationToken.UnsafeRegister(
            _ => client.Do(() =>
            {
                request.Cancel(cancellationToken);
                return true;
            }),
            null);
        return await request.Task.ConfigureAwait(false);
    }

    private HistoryPage Read(HubFrame frame, bool isForward, int limit)
    {
        var position = frame.Position ?? new RoomPosition("", 0);
        var maker = new EntryMaker();
        return new HistoryPage(
            [.. (frame.Messages ?? []).Select(m => maker.Message(m, position with { Offset = m.Offset }, client.IsOwn(m.From)))],
            position, frame.HasMore, frame.IsGap,
            (next, cancellationToken) => isForward
                ? ReadAsync(null, next, limit, cancellationToken)
                : ReadAsync(next, null, limit, cancellationToken));
    }
}
