namespace Kodama;

/// <summary>
/// Puts what a room hands out into the outboxes of its live members. Who takes too little falls back to reading the log, where its format
/// can; who was left out of the last entries is told after a while how far it is.
/// </summary>
internal sealed class RoomDelivery(Room room, SlowPeerPolicy policy)
{
    private readonly Fanout fanout = room.Fanout;
    private readonly RoomLog log = room.Log;

    // Whether there are members with LeftOut, or were. Set under the lock.
    private bool hasLeftOut;

    /// <summary>The one fan-out. Answers how many took it.</summary>
    public int FanOut_NeedsLock(
        ref FrameSet frames, Fanout.Format[] formats, long offset, EntryKind kind, Peer? sender, bool echoes, HashSet<Peer>? except,
        IReadOnlySet<string>? exceptIds, FlushBatch batch)
    {
        var receivers = 0;
        var bytes = 0L;
        var isCrowd = fanout.Count >= CrowdFlush.Smallest;
        foreach (var member in fanout.Members)
        {
            if (!member.IsLive) continue;
            var peer = member.Peer;
            if ((peer == sender && !(member.Request.Own ?? echoes))
                || !member.Wants(kind)
                || (except is not null ? except.Contains(peer) : exceptIds is not null && exceptIds.Contains(peer.Author.Id)))
            {
                if (offset > 0) LeaveOut_NeedsLock(member, offset);
                continue;
            }
            ref readonly var frame = ref frames[member.Format];
            if (frame.IsEmpty || !Hand_NeedsLock(member, frame, formats[member.Format].CarriesPosition, offset, isCrowd, batch)) continue;
            receivers++;
            bytes += frame.Length;
        }
        if (isCrowd && receivers > 0) batch.CountCrowd(room.Hub.Crowds, (int)(bytes / receivers));
        room.Hub.Counters.Add(kind == EntryKind.Message ? 1 : 0, receivers, bytes);
        return receivers;
    }

    /// <summary>Formats that hand out their frames themselves do so. Answers how many took it.</summary>
    public int StreamOut_NeedsLock(
        in Message message, ref FrameSet frames, Fanout.Format[] formats, Peer? sender, IReadOnlySet<string>? exceptIds, FlushBatch batch)
    {
        var receivers = 0;
        for (var i = 0; i < formats.Length; i++)
        {
            ref readonly var frame = ref frames[i];
            if (formats[i].Stream is not { } stream || frame.IsEmpty) continue;
            var taken = stream.HandOut_NeedsLock(message, frame, sender, exceptIds, batch);
            room.Hub.Counters.Add(0, taken, (long)taken * frame.Length);
            receivers += taken;
        }
        return receivers;
    }

    /// <summary>Tells live members that were left out of the last entries how far they are: they have everything up to the head.</summary>
    public void TellComplete()
    {
        if (!hasLeftOut) return;
        var (formats, epoch) = (fanout.Formats, log.Epoch);
        var frames = default(FrameSet);
        using var batch = FlushBatch.Rent();
        try
        {
            for (var i = 0; i < formats.Length; i++)
            {
                if (formats[i] is not { CarriesPosition: true, Users: > 0 } format) continue;
                frames[i] = format.Encoder.Encode(new RoomMark(room, log.At(0), IsLive: true));
            }
            lock (room.Gate)
            {
                // Else a format has come into use meanwhile, or another epoch, and the next time will do.
                if (formats == fanout.Formats && epoch == log.Epoch) TellComplete_NeedsLock(ref frames, formats, batch);
            }
        }
        finally
        {
            frames.Release();
        }
    }

    private void TellComplete_NeedsLock(ref FrameSet frames, Fanout.Format[] formats, FlushBatch batch)
    {
        hasLeftOut = false;
        frames.Place(formats, log.Last, log.LastTime);
        foreach (var member in fanout.Members)
        {
            if (member.LeftOut == 0) continue;
            ref readonly var frame = ref frames[member.Format];
            if (member.IsLive && !frame.IsEmpty && !batch.DeliverIfItFits(member.Peer, frame)) hasLeftOut = true;
            else member.LeftOut = 0;
        }
    }

    private void LeaveOut_NeedsLock(Membership member, long offset)
    {
        member.LeftOut = offset;
        hasLeftOut = true;
    }

    private bool Hand_NeedsLock(Membership member, in Frame frame, bool carriesPosition, long offset, bool isCrowd, FlushBatch batch)
    {
        if (!carriesPosition || log.Retention.Messages == 0) return batch.Deliver(member.Peer, frame, policy, isCrowd);
        if (batch.DeliverOrFallBehind(member.Peer, frame, isCrowd, out var isBehind)) return true;
        // A transient message that finds no place is lost, as is promised; what has an offset will be read from the log.
        if (isBehind && offset > 0) member.FallBehind(offset - 1);
        return false;
    }
}
