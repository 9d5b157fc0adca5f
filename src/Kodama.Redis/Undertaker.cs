using System.Diagnostics;
using StackExchange.Redis;

namespace Kodama.Redis;

/// <summary>
/// Takes out the members and bound keys of a hub whose lease has ended: each by an entry as the hub itself would have made it, if it is
/// that hub's still. One hub of the cluster at a time does it for another.
/// </summary>
internal sealed class Undertaker(RedisEngine engine)
{
    private const int Tries = 3;
    private const int AtOnce = 64;

    public async Task BuryAsync(string dead)
    {
        if (engine.Link.Scripts is not { } scripts) return;
        var (bound, began, count) = (engine.Names.BoundOf(dead), Stopwatch.GetTimestamp(), 0);
        var some = new List<byte[]>();
        await foreach (var item in engine.Link.Database.SetScanAsync(bound, pageSize: AtOnce))
        {
            some.Add((byte[])item!);
            count++;
            if (some.Count < AtOnce) continue;
            await Task.WhenAll(some.Select(one => TakeOutAsync(dead, one)));
            some.Clear();
            // Nobody else begins meanwhile.
            await engine.Link.Database.SortedSetIncrementAsync(engine.Names.Dead, dead, Stopwatch.GetElapsedTime(began).TotalSeconds);
            began = Stopwatch.GetTimestamp();
        }
        await Task.WhenAll(some.Select(one => TakeOutAsync(dead, one)));
        if (count > 0) RedisLog.HubGone(engine.Logger, dead, count);
        await engine.Link.Database.ScriptEvaluateAsync(scripts[Script.Buried], [bound], [dead]);
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
            var record = new byte[AppendHead.Record];
            AppendHead.WriteRecord(record, removal, default, 0, RedisRoom.FirstTime);
            var after = new Position(known.Epoch, known.Last);
            RedisKey[] keys = [engine.Names.Meta(room), engine.Names.Messages(room)];
            var reply = CallReply.Read([new OwnEntry(removal)], await engine.Link.Database.ScriptEvaluateAsync(
                scripts[Script.Append], keys,
                [
                    AppendHead.Of(AppendHead.Undertaker, 1, 1, after, 1, RedisEngine.NoRetention, engine.Now), record,
                    EntryBlob.Write(removal, AppendHead.SourceOf(AppendHead.Undertaker, 1, 1)),
                    AppendHead.OfChange(removal, default, dead, lastAt: last.Offset),
                ])).Of(0);
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
                        scripts[Script.Sync], keys, [RoomSync.HeadToBegin(RedisEngine.NewEpoch(), engine.Now)]);
                    break;
            }
        }
    }
}
