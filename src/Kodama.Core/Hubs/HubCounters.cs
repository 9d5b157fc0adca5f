using System.Numerics;
using System.Runtime.InteropServices;

namespace Kodama;

/// <summary>What has happened in a hub, added up where it happens. To read it, no room is asked.</summary>
internal sealed class HubCounters
{
    private const int MostPlaces = 16;

    // Each processor has a place of its own, as publishers in different rooms would else wait for one another's cache line.
    private readonly Place[] places = new Place[Math.Min(
        MostPlaces, (int)BitOperations.RoundUpToPowerOf2((uint)Environment.ProcessorCount))];

    private long filtered;
    private long refused;

    public void Add(int messages, int deliveries, long bytes)
    {
        ref var place = ref places[Thread.GetCurrentProcessorId() & (places.Length - 1)];
        Interlocked.Add(ref place.Messages, messages);
        Interlocked.Add(ref place.Deliveries, deliveries);
        Interlocked.Add(ref place.Bytes, bytes);
    }

    /// <summary>A filter has dropped something.</summary>
    public void CountFiltered() => Interlocked.Increment(ref filtered);

    /// <summary>A client did not come in.</summary>
    public void CountRefused() => Interlocked.Increment(ref refused);

    /// <summary>The sums, with what is counted elsewhere: none ever goes back.</summary>
    public HubCounts Sum(int peers, int rooms, long overflowed)
    {
        var sum = (Messages: 0L, Deliveries: 0L, Bytes: 0L);
        foreach (ref var place in places.AsSpan())
        {
            sum.Messages += Interlocked.Read(ref place.Messages);
            sum.Deliveries += Interlocked.Read(ref place.Deliveries);
            sum.Bytes += Interlocked.Read(ref place.Bytes);
        }
        return new HubCounts(
            peers, rooms, sum.Messages, sum.Deliveries, sum.Bytes, overflowed + Interlocked.Read(ref filtered),
            Interlocked.Read(ref refused));
    }

    // Two cache lines: a processor fetches them in pairs.
    [StructLayout(LayoutKind.Sequential, Size = 128)]
    private struct Place
    {
        public long Messages;
        public long Deliveries;
        public long Bytes;
    }
}
