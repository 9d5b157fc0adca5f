using System.Net;

namespace Kodama.SocketIO;

/// <summary>What all clients together may have sent of what is not whole yet, such as bodies of POSTs, in bytes. Thread-safe.</summary>
/// <param name="most">Of all.</param>
/// <param name="mostOfAddress">Of one address, so that a host cannot keep the others from sending.</param>
internal sealed class BodyBudget(long most, long mostOfAddress)
{
    private readonly Lock gate = new();
    private readonly AddressShares shares = new(mostOfAddress);
    private long held;

    /// <summary>Bytes held now.</summary>
    public long Held
    {
        get
        {
            lock (gate) return held;
        }
    }

    public bool TryTake(IPAddress? address, long count)
    {
        lock (gate)
        {
            if (held + count > most || !shares.TryTake(address, count)) return false;
            held += count;
            return true;
        }
    }

    public void Return(IPAddress? address, long count)
    {
        lock (gate)
        {
            held -= count;
            shares.Return(address, count);
        }
    }
}
