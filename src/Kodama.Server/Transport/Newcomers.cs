using System.Net;
using System.Net.Sockets;

namespace Kodama.Server;

/// <summary>
/// The connections that have yet to ask for something, which cost an attacker nothing. Those that stay so for longer than a breath are
/// bounded, for all and for each address; a crowd that comes at once is not, as its requests are on the way.
/// </summary>
internal sealed class Newcomers : IDisposable
{
    private const int Ipv6Prefix = 8;

    private static readonly TimeSpan Breath = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Greeting = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan SweepInterval = TimeSpan.FromSeconds(1);

    private readonly NewcomerLimits limits;
    private readonly TimeProvider time;
    private readonly ITimer timer;
    private readonly Lock gate = new();
    private readonly HashSet<INewcomer> newcomers = [];
    private long dropped;

    public Newcomers(NewcomerLimits limits, TimeProvider time)
    {
        this.limits = limits;
        this.time = time;
        timer = time.CreateTimer(static newcomers => ((Newcomers)newcomers!).Sweep(), this, SweepInterval, SweepInterval);
    }

    public int Count
    {
        get
        {
            lock (gate) return newcomers.Count;
        }
    }

    /// <summary>How many were ended, since the start.</summary>
    public long Dropped => Interlocked.Read(ref dropped);

    public void Add(INewcomer newcomer)
    {
        lock (gate) newcomers.Add(newcomer);
    }

    /// <summary>It has asked for something, or has gone.</summary>
    public void Remove(INewcomer newcomer)
    {
        lock (gate) newcomers.Remove(newcomer);
    }

    /// <summary>
    /// Ends some, an eighth of them: those that have sent nothing before those that have sent half a head, those of the address that has
    /// most before others, the oldest first; none that has only just come. Says how many.
    /// </summary>
    public int MakeRoom()
    {
        var all = Snapshot();
        var crowds = all.CountBy(Crowd).ToDictionary();
        return Drop(
            all.Where(n => Age(n) >= Greeting && !n.HasUnread)
                .OrderBy(n => n.HasSpoken).ThenByDescending(n => crowds[Crowd(n)]).ThenBy(n => n.ArrivedAt),
            Math.Max(1, all.Length / 8));
    }

    public void Dispose() => timer.Dispose();

    private void Sweep()
    {
        if (limits.Silence > TimeSpan.Zero) Drop(Snapshot().Where(n => !n.HasSpoken && Age(n) >= limits.Silence));
        foreach (var crowd in Snapshot().GroupBy(Crowd)) Bound([.. crowd], limits.MostPerAddress);
        Bound(Snapshot(), limits.Most);
    }

    private void Bound(INewcomer[] some, int most)
    {
        if (some.Length <= most) return;
        Drop(some.Where(n => Age(n) >= Breath).OrderBy(n => n.HasSpoken).ThenBy(n => n.ArrivedAt), some.Length - most);
    }

    private int Drop(IEnumerable<INewcomer> some, int most = int.MaxValue)
    {
        var count = 0;
        foreach (var newcomer in some.Where(n => !n.HasUnread).Take(most))
        {
            Remove(newcomer);
            newcomer.Drop();
            count++;
        }
        Interlocked.Add(ref dropped, count);
        return count;
    }

    private INewcomer[] Snapshot()
    {
        lock (gate) return [.. newcomers];
    }

    private TimeSpan Age(INewcomer newcomer) => time.GetElapsedTime(newcomer.ArrivedAt);

    // A host has a whole /64 of addresses for the asking.
    private static object Crowd(INewcomer newcomer) => newcomer.Address switch
    {
        null => IPAddress.None,
        { IsIPv4MappedToIPv6: true } mapped => mapped.MapToIPv4(),
        { AddressFamily: AddressFamily.InterNetworkV6 } address => Convert.ToHexString(address.GetAddressBytes().AsSpan(0, Ipv6Prefix)),
        { } address => address,
    };
}
