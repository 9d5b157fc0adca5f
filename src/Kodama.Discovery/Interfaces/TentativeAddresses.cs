using System.Net;

namespace Kodama.Discovery;

/// <summary>
/// IPv6 addresses that Linux still checks for duplicates (RFC 4862 section 5.4), or has found to be: nothing can be sent from them yet.
/// .NET lists them like any other. A line of the file: address, index, length of the prefix, scope, flags (all in hexadecimal), name.
/// </summary>
internal static class TentativeAddresses
{
    private const string File = "/proc/net/if_inet6";

    // IFA_F_TENTATIVE | IFA_F_DADFAILED of linux/if_addr.h.
    private const int Unusable = 0x40 | 0x08;

    public static HashSet<IPAddress> Read() => Parse(ReadFile());

    /// <summary>The file; empty where there is none. It differs whenever an IPv6 address has come or gone, or has been checked.</summary>
    public static string ReadFile()
    {
        if (!OperatingSystem.IsLinux()) return "";
        try
        {
            return System.IO.File.ReadAllText(File);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }

    internal static HashSet<IPAddress> Parse(string file)
    {
        var addresses = new HashSet<IPAddress>();
        foreach (var line in file.Split('\n'))
        {
            var fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (fields is not [{ Length: 32 } address, _, _, _, var flags, ..]) continue;
            if ((Convert.ToInt32(flags, 16) & Unusable) != 0) addresses.Add(new IPAddress(Convert.FromHexString(address)));
        }
        return addresses;
    }
}
