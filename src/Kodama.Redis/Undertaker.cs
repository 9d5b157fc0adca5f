using StackExchange.Redis;

namespace Kodama.Redis;

/// <summary>
/// Takes out the members and bound keys of a hub whose lease has ended: each by an entry as the hub itself would have made it, if it is
/// that hub's still. One hub of the cluster at a time does it for another.
/// </summary>
internal sealed class Undertaker(RedisEngine engine)
{
    private const int Tries = 3;

    public async Task BuryAsync(string dead)
    {
        if (engine.Link.Scripts is not { } scripts) return;
        var bound = engine.Names.BoundOf(dead);
        var items = await engine.Link.Database.SetMembersAsync(bound, CommandFlags.DemandMaster);
        if (items.Length > 0) RedisLog.HubGone(engine.Logger, dead, items.Length);
        foreach (var item in items) await TakeOutAsync(dead, (byte[])item!);
        await engine.Link.Database.ScriptEvaluateAsync(scripts.Buried, [bound], [dead]);
    }

    private async Task TakeOutAsync(string dead, byte[] item)
    {
        var split = Array.IndexOf(item, (byte)0);
        if (split < 0) return;
        var (room, field) = (item[..split], item[(split + 1)..]);
        for (var tries = 0; tries < Tries; tries++)
        {
            if (engine.Link.Scripts is not { } scripts) return;
            var meta = (byte[]?)await engine.Link.Database.StringGetAsync(engine.Names.Meta(room), CommandFlags.DemandMaster);
            var value = (byte[]?)await engine.Link.Database.HashGetAsync(engine.Names.Keys(room), field, CommandFlags.DemandMaster);
            if (meta is null || RoomMeta.Read(meta) is not { } known || value is null || HeardEntry.ReadKey(value) is not { } last
                || EntryBlob.Read(last.Blob.Span) is not { } entry)
            {
                await engine.Link.Database.SetRemoveAsync(engine.Names.BoundOf(dead), item);
                return;
            }
            var removal = new Entry
            {
                Kind = entry.Kind,
                Action = EntryAction.Remove,
                Key = entry.Key,
                Author = entry.Author,
                Event = "",
                IsBound = true,
            };
            var head = AppendHead.OfChange(
                AppendHead.Undertaker, engine.UndertakersLine(), 1, new Position(known.Epoch, known.Last), removal, engine.UsualRetention,
                default, engine.Now, owner: dead, lastAt: last.Offset);
            RedisKey[] keys = [engine.Names.Meta(room), engine.Names.Messages(room)];
            var reply = RoomReply.Read(await engine.Link.Database.ScriptEvaluateAsync(
                scripts.Change, keys, [head, EntryBlob.Write(removal), field]));
            switch (reply.Code)
            {
                case ReplyCode.Taken:
                    return;
                case ReplyCode.Same:
                    // Another's by now, or gone.
                    await engine.Link.Database.SetRemoveAsync(engine.Names.BoundOf(dead), item);
                    return;
                case ReplyCode.OtherEpoch:
                    // Nobody has opened it since.
                    await engine.Link.Database.ScriptEvaluateAsync(
                        scripts.Sync, keys, [RoomSync.HeadToBegin(engine.HubId, RedisEngine.NewEpoch(), engine.Now)]);
                    break;
            }
        }
    }
}
