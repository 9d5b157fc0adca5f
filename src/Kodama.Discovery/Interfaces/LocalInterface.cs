using System.Net;

namespace Kodama.Discovery;

/// <summary>A network interface of this machine, and whether discovery uses it.</summary>
/// <param name="Name">As the system names it: <c>eth0</c>, <c>Wi-Fi</c>.</param>
/// <param name="Index">The system's number of it, by which packets name it.</param>
/// <param name="Addresses">Its unicast addresses with their prefix lengths.</param>
/// <param name="IsUsed">Whether discovery uses it.</param>
/// <param name="Reason">Why, or why not, in words for people.</param>
public sealed record LocalInterface(string Name, int Index, IReadOnlyList<LocalAddress> Addresses, bool IsUsed, string Reason);

/// <summary>An address of this machine and its network.</summary>
/// <param name="Address">The address.</param>
/// <param name="PrefixLength">Length of the network's part in bits: 24 in a 255.255.255.0 network.</param>
public readonly record struct LocalAddress(IPAddress Address, int PrefixLength);
