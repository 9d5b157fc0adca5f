using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Threading.Channels;

namespace Kodama.SocketIO;

/// <summary>
/// The sockets of a namespace as they lie in the cluster, for the hub to which their clients come next: from when they are connected on, as
/// a hub that is killed says nothing more. Whoever takes one has it; then it lies there no more. Thread-safe.
/// </summary>
internal sealed class SharedSessions
{
    // Whose it is stands before it.
    private const int HubLength = 32;
    private const int WritesAtOnce = 32;

    // For so long another hub may hold what it took before it was gone, and ask for it.
    private static readonly TimeSpan Remembered = TimeSpan.FromSeconds(10);

    private readonly SocketIONamespace space;
    private readonly RecoveryOptions options;
    private readonly RecoveryStream stream;
    private readonly ICluster cluster;

    // By their secrets: those that are connected here, or away from here.
    private readonly ConcurrentDictionary<string, Left> known = new(StringComparer.Ordinal);

    // Those of a lane are written one after another: each is in one.
    private readonly Channel<Left>[] lanes = [.. Enumerable.Range(0, WritesAtOnce).Select(
        static _ => Channel.CreateUnbounded<Left>(new UnboundedChannelOptions { SingleReader = true }))];

    public SharedSessions(SocketIONamespace space, RecoveryOptions options, RecoveryStream stream)
    {
        (this.space, this.options, this.stream, cluster) = (space, options, stream, space.Hub.Cluster!);
        foreach (var lane in lanes) _ = WriteAsync(lane.Reader);
    }

    /// <summary>It is connected now, is in other rooms, is away, or over: what lies there is to be as it is.</summary>
    public void Changed(RecoverySession session)
    {
        var left = known.GetOrAdd(session.Pid, static (_, session) => new Left(session), session);
        if (left.Session != session && known.TryUpdate(session.Pid, new Left(session), left)) left = known[session.Pid];
        if (Interlocked.Exchange(ref left.IsChanged, 1) == 0) LaneOf(session.Pid).Writer.TryWrite(left);
    }

    /// <summary>Looks after those that have been there for half their time, or whose data are others.</summary>
    public void Renew()
    {
        foreach (var (pid, left) in known)
        {
            if (IsGone(left)) known.TryRemove(new(pid, left));
            else if (left.Written is null || IsOld(left) || left.Session.IsOver || DataOf(left.Session)?.Count > 0) Changed(left.Session);
        }
    }

    /// <summary>Takes the one with this secret, from whichever hub; null, where there is none, or it is connected.</summary>
    public async ValueTask<RecoverySession?> TakeAsync(string pid)
    {
        // Whoever takes what lies there has it, and nobody else.
        var lay = await cluster.TakeAsync(KeyOf(pid)).ConfigureAwait(false);
        if (lay is not { Length: > HubLength } record)
        {
            space.Server.Away!.Take(pid, space)?.IsOver = true;
            return null;
        }
        var owner = Encoding.ASCII.GetString(record.Span[..HubLength]);
        if (known.TryGetValue(pid, out var left))
        {
            // It lies there no more.
            left.Written = null;
            if (space.Server.Away!.Take(pid, space) is { } here)
            {
                if (owner == HubId) return here;
                // It has been elsewhere since.
                here.IsOver = true;
            }
            else if (!left.Session.IsOver)
            {
                return LeaveAgain(left);
            }
            else if (owner == HubId)
            {
                return null;
            }
        }
        var (isRefused, away) = await space.Server.Neighbours!.TakeAsync(space, pid, owner).ConfigureAwait(false);
        if (isRefused) return null;
        try
        {
            var saved = JsonSerializer.Deserialize((away ?? record[HubLength..]).Span, SavedJson.Default.SavedSession);
            return saved?.Pid == pid ? stream.Restore(saved) : null;
        }
        catch (Exception exception) when (exception is JsonException or FormatException)
        {
            // Whoever may write there may write anything.
            return null;
        }
    }

    /// <summary>Another hub has taken what lay there: it has it, with how it is here, unless it is connected here, or was when it ended for
    /// good.</summary>
    /// <param name="pid">Its secret.</param>
    /// <param name="owner">The hub that has written what lay there.</param>
    public (bool IsRefused, byte[]? Away) GiveAway(string pid, string owner)
    {
        if (!known.TryGetValue(pid, out var left)) return default;
        if (space.Server.Away!.Take(pid, space) is not { } session)
        {
            // What lay there is what its end was to delete; another hub's is of later.
            if (left.Session.IsOver) return (owner == HubId, null);
            LeaveAgain(left);
            return (true, null);
        }
        session.IsOver = left.IsTaken = true;
        known.TryRemove(new(pid, left));
        return (false, Write(session));
    }

    // It was taken out, and is connected here.
    private RecoverySession? LeaveAgain(Left left)
    {
        left.Written = null;
        Changed(left.Session);
        return null;
    }

    /// <summary>Places that are lost are nobody's: who was there is there from the last that is left on.</summary>
    public void Clamp_NeedsLock(long last)
    {
        foreach (var left in known.Values)
        {
            var session = left.Session;
            session.Start = Math.Min(session.Start, last);
            foreach (var stay in session.Stays) stay.LoseBehind(last);
            left.Written = null;
        }
    }

    public void Close()
    {
        foreach (var lane in lanes) lane.Writer.TryComplete();
    }

    private Channel<Left> LaneOf(string pid) => lanes[(uint)string.GetHashCode(pid, StringComparison.Ordinal) % WritesAtOnce];

    private async Task WriteAsync(ChannelReader<Left> lane)
    {
        await foreach (var left in lane.ReadAllAsync().ConfigureAwait(false))
        {
            Interlocked.Exchange(ref left.IsChanged, 0);
            try
            {
                await WriteAsync(left).ConfigureAwait(false);
            }
            catch (Exception exception)
            {
                SocketIOLog.NotLeft(space.Server.Logger, left.Session.Id, space.Name, exception);
            }
        }
    }

    private async Task WriteAsync(Left left)
    {
        var session = left.Session;
        if (left.IsTaken) return;
        var json = session.IsOver || !PlainData.Is(DataOf(session)) ? [] : Write(session);
        if (left.Written is { } before && before.AsSpan().SequenceEqual(json) && !IsOld(left)) return;
        byte[] record = json.Length == 0 ? [] : [.. Encoding.ASCII.GetBytes(HubId), .. json];
        // Half more, so that it is there for the whole time after any moment.
        var life = options.MaxDisconnectionDuration * (session.Listener is null ? 1 : 1.5);
        var isLeft = await cluster.LeaveAsync(KeyOf(session.Pid), record, life).ConfigureAwait(false);
        (left.Written, left.At) = (isLeft ? json : null, space.Hub.Time.GetTimestamp());
    }

    private byte[] Write(RecoverySession session) => stream.Look(() =>
    {
        var rooms = session.Stays.Where(static stay => stay.IsOpen).Select(stay => space.HubRooms.NameOf(stay.Room)).OfType<string>();
        var saved = new SavedSession(
            session.Id, session.Pid, default, session.Start, session.End, session.Forgotten, long.MaxValue, long.MaxValue,
            [.. session.Stays.Select(static stay => new SavedStay(stay.Room, stay.From, stay.To))], [.. rooms],
            PlainData.Write(DataOf(session)), stream.Offsets.Life);
        return JsonSerializer.SerializeToUtf8Bytes(saved, SavedJson.Default.SavedSession);
    });

    private static IDictionary<string, object?>? DataOf(RecoverySession session) =>
        session.Listener is { } peer ? SocketPeer.Of(peer)?.Socket.KeptData : session.Data;

    private bool IsOld(Left left) =>
        left.Session.Listener is not null && space.Hub.Time.GetElapsedTime(left.At) >= options.MaxDisconnectionDuration / 2;

    // It has ended for good, and nothing lies there of it.
    private bool IsGone(Left left) => left.IsTaken || (
        left.Session.IsOver && left.Written is { Length: 0 } && space.Hub.Time.GetElapsedTime(left.At) >= Remembered);

    private string HubId => cluster.HubId.PadRight(HubLength)[..HubLength];

    private string KeyOf(string pid) => "socket.io:" + Convert.ToHexStringLower(
        SHA256.HashData(Encoding.UTF8.GetBytes($"{space.Server.Options.Path.TrimEnd('/')} {space.Name} {pid}")).AsSpan(0, 16));

    /// <summary>What lies there of one.</summary>
    private sealed class Left(RecoverySession session)
    {
        public int IsChanged;

        public RecoverySession Session => session;

        /// <summary>Null, where that is not known.</summary>
        public byte[]? Written { get; set; }

        public long At { get; set; }

        /// <summary>Whether another hub has it.</summary>
        public bool IsTaken { get; set; }
    }
}
