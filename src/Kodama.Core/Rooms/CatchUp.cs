namespace Kodama;

/// <summary>Brings a peer up to date in all rooms in which it is not live: a page of each in turn, as fast as its outbox drains. One thread
/// at a time.</summary>
internal sealed class CatchUp(Peer peer) : IThreadPoolWorkItem
{
    private const int Idle = 0;
    private const int Running = 1;
    private const int RunningAndMore = 2;

    private int state;

    // Whose turn it is: where the last one ended, or a room of large pages would have all of them.
    private uint turn;

    /// <summary>Sees to it that what there is will be fed. Returns without waiting.</summary>
    public void Request()
    {
        if (Interlocked.Exchange(ref state, RunningAndMore) == Idle) ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    void IThreadPoolWorkItem.Execute() => _ = RunAsync();

    private async Task RunAsync()
    {
        do
        {
            // A full fence: what is asked for before this is seen below, what comes later asks again.
            Interlocked.Exchange(ref state, Running);
            try
            {
                while (await FeedAsync())
                {
                }
            }
            catch (Exception exception)
            {
                // An engine that cannot read, or a format that cannot write: the peer has a hole that nobody could tell it of.
                RoomsLog.CatchUpFailed(peer.Hub.Logger, peer.Id, exception);
                peer.Disconnect(CloseReason.InternalError);
            }
        }
        while (Interlocked.CompareExchange(ref state, Idle, Running) != Running);
    }

    /// <summary>A page of each room. True, when there is more to be had at once.</summary>
    private async ValueTask<bool> FeedAsync()
    {
        var isMore = false;
        var members = peer.Memberships;
        for (var asked = 0; asked < members.Length; asked++, turn++)
        {
            var member = members[turn % members.Length];
            if (!member.IsCatchingUp) continue;
            if (peer.Outbox.TryWaitForDrain()) return false;
            var batch = FlushBatch.Rent();
            isMore |= await new MemberFeed(member).NextAsync(batch);
            batch.Dispose();
        }
        return isMore;
    }
}
