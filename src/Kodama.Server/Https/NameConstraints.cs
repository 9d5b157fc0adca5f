using System.Formats.Asn1;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;

namespace Kodama.Server;

/// <summary>
/// What a hub's authority may vouch for (RFC 5280 section 4.2.1.10): names that have no meaning outside of a local network, and addresses
/// that lead nowhere on the internet.
/// </summary>
/// <remarks>
/// NameConstraints is a sequence of permitted [0] and excluded [1] subtrees; a subtree is a GeneralName: dNSName [2], which stands for all
/// names that end in it, or iPAddress [7], an address and its mask.
/// </remarks>
internal static class NameConstraints
{
    private const string Oid = "2.5.29.30";

    /// <summary>Each with all that end in it.</summary>
    public static readonly string[] Names = ["local", "localhost", "home.arpa", "internal"];

    // RFC 1918, 3927, 1122, 4193 and 4291.
    private static readonly IPNetwork[] Networks =
    [
        .. new[]
        {
            "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16", "127.0.0.0/8", "fc00::/7", "fe80::/10", "::1/128",
        }.Select(text => IPNetwork.Parse(text)),
    ];

    public static bool Permits(IPAddress address) => Array.Exists(Networks, network => network.Contains(address));

    public static bool Permits(string name) => Array.Exists(
        Names, end => name.Equals(end, StringComparison.OrdinalIgnoreCase) || name.EndsWith($".{end}", StringComparison.OrdinalIgnoreCase));

    /// <summary>Whether a certificate has these, and critical, once.</summary>
    public static bool AreIn(X509Certificate2 certificate)
    {
        var own = Extension();
        return certificate.Extensions.Where(one => one.Oid?.Value == Oid).ToArray() is [{ Critical: true } told]
            && told.RawData.AsSpan().SequenceEqual(own.RawData);
    }

    public static X509Extension Extension()
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            using (writer.PushSequence(new Asn1Tag(TagClass.ContextSpecific, 0)))
            {
                foreach (var name in Names)
                {
                    using (writer.PushSequence())
                        writer.WriteCharacterString(UniversalTagNumber.IA5String, name, new Asn1Tag(TagClass.ContextSpecific, 2));
                }
                foreach (var network in Networks)
                {
                    using (writer.PushSequence()) writer.WriteOctetString(WithMask(network), new Asn1Tag(TagClass.ContextSpecific, 7));
                }
            }
        }
        return new X509Extension(Oid, writer.Encode(), critical: true);
    }

    private static byte[] WithMask(IPNetwork network)
    {
        var address = network.BaseAddress.GetAddressBytes();
        var mask = new byte[network.BaseAddress.AddressFamily == AddressFamily.InterNetwork ? 4 : 16];
        for (var bit = 0; bit < network.PrefixLength; bit++) mask[bit / 8] |= (byte)(0x80 >> (bit % 8));
        return [.. address, .. mask];
    }
}
