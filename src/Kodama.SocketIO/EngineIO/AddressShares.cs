using System.Diagnostics.CodeAnalysis;
using System.Net;

namespace Kodama.SocketIO;

/// <summary>What each address holds of something that all share. Not thread-safe.</summary>
/// <remarks>
/// An address of this machine has no bound: it may be a proxy's, which speaks for everybody. Nor has one that is not known.
/// </remarks>
internal sealed class AddressShares(long most)
{
    private readonly Dictionary<IPAddress, long> held = [];

    /// <summary>Addresses that hold something.</summary>
    public int Count => held.Count;

    public bool TryTake(IPAddress? address, long count)
    {
        if (!IsBounded(address) || count == 0) return true;
        var mine = held.GetValueOrDefault(address) + count;
        if (mine > most) return false;
        held[address] = mine;
        return true;
    }

    public void Return(IPAddress? address, long count)
    {
        if (!IsBounded(address) || count == 0) return;
        var mine = held[address] - count;
        if (mine == 0) held.Remove(address);
        else held[address] = mine;
    }

    private static bool IsBounded([NotNullWhen(true)] IPAddress? address) => address is not null && !IPAddress.IsLoopback(address);
}
