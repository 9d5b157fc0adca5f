using System.Net;

namespace Kodama.WebSockets;

/// <summary>What many hold together of something, and what those of one remote address hold of it. Thread-safe.</summary>
/// <remarks>
/// An address of this machine has no bound of its own: it may be a proxy's, which speaks for everybody. Nor has one that is not known. Who
/// is the only holder may have any amount, so that no single thing is too large for ever: its size has a bound elsewhere.
/// </remarks>
public sealed class AddressBudget
{
    /// <summary>What a holder may have without taking it: little beside what a connection costs anyway.</summary>
    public const int Free = 4 * 1024;

    private readonly Lock gate = new();
    private readonly Dictionary<IPAddress, long> shares = [];
    private readonly long most;
    private readonly long mostOfAddress;
    private long held;

    /// <summary>A budget of which nothing is taken.</summary>
    /// <param name="most">Of all together.</param>
    /// <param name="mostOfAddress">Of one address, so that a host cannot keep the others from sending.</param>
    public AddressBudget(long most, long mostOfAddress)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(most);
        ArgumentOutOfRangeException.ThrowIfNegative(mostOfAddress);
        this.most = most;
        this.mostOfAddress = mostOfAddress;
    }

    /// <summary>What is taken now.</summary>
    public long Held
    {
        get
        {
            lock (gate) return held;
        }
    }

    /// <summary>Addresses that have taken something.</summary>
    internal int Addresses
    {
        get
        {
            lock (gate) return shares.Count;
        }
    }

    /// <summary>Makes what a holder has taken as much as it holds. False, and nothing has changed, if that is more than there is.</summary>
    /// <param name="address">The holder's; the same at each call.</param>
    /// <param name="taken">What it has taken; kept by it, and changed here.</param>
    /// <param name="holds">What it holds from now on. Up to <see cref="Free"/> counts as nothing.</param>
    public bool TryAdjust(IPAddress? address, ref int taken, int holds)
    {
        if (holds <= Free) holds = 0;
        if (holds == taken) return true;
        if (!TryTake(address, taken, holds - taken)) return false;
        taken = holds;
        return true;
    }

    /// <summary>Takes for a new holder. False, and nothing is taken, if that is more than there is.</summary>
    public bool TryTake(IPAddress? address, long count) => TryTake(address, 0, count);

    /// <summary>Gives back what was taken.</summary>
    public void Return(IPAddress? address, long count) => TryTake(address, count, -count);

    private bool TryTake(IPAddress? address, long taken, long count)
    {
        if (address is not null && IPAddress.IsLoopback(address)) address = null;
        lock (gate)
        {
            var share = address is null ? 0 : shares.GetValueOrDefault(address);
            if (count > 0)
            {
                if (held + count > most && held > taken) return false;
                if (address is not null && share + count > mostOfAddress && share > taken) return false;
            }
            held += count;
            if (address is null) return true;
            if (share + count == 0) shares.Remove(address);
            else shares[address] = share + count;
            return true;
        }
    }
}
