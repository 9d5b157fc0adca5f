using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Kodama.Discovery;

/// <summary>
/// The notations:
/// <code>
/// subnet  = prefix | cidr | range | address | "[" ipv6 "]" | ipv6 | host
/// prefix  = byte 2( "." byte )              ; 192.168.1 is its /24
/// address = byte 3( "." byte )              ; decimal, without leading zeros
/// cidr    = address "/" 0..32
/// range   = address "-" ( address | byte )  ; 192.168.1.10-50
/// </code>
/// </summary>
internal sealed partial class Subnet
{
    private const string Notations =
        "Write 192.168.1, 192.168.1.0/24, 192.168.1.10-192.168.1.50, 192.168.1.10-50, 192.168.1.7, [fe80::1%eth0] or a host name.";
    private const int MaxHostName = 253;
    private const int MaxLabel = 63;

    /// <summary>Reads a notation; the error names the value, what is wrong with it and what to write.</summary>
    public static bool TryParse(string? text, [NotNullWhen(true)] out Subnet? subnet, [NotNullWhen(false)] out string? error)
    {
        var trimmed = text?.Trim() ?? "";
        subnet = null;
        var reason = trimmed switch
        {
            "" => "it is empty",
            _ when trimmed.Contains("://", StringComparison.Ordinal) => "it is a URL, not a network",
            ['[', ..] => ParseIPv6(trimmed, trimmed.EndsWith(']') ? trimmed[1..^1] : "", out subnet),
            _ when trimmed.Count(c => c == ':') > 1 => ParseIPv6(trimmed, trimmed, out subnet),
            _ when trimmed.Contains(':', StringComparison.Ordinal) => "it has a port; ports are given apart",
            _ when trimmed.Contains('/', StringComparison.Ordinal) => ParseCidr(trimmed, out subnet),
            _ when trimmed.All(c => char.IsAsciiDigit(c) || c is '.' or '-') => ParseNumbers(trimmed, out subnet),
            _ => ParseHost(trimmed, out subnet),
        };
        error = subnet is null ? $"\"{text}\" names no network: {reason}. {Notations}" : null;
        return subnet is not null;
    }

    private static string? ParseIPv6(string text, string address, out Subnet? subnet)
    {
        subnet = null;
        if (address.Contains('/', StringComparison.Ordinal)) return "an IPv6 network has too many addresses to try them";
        if (!IPAddress.TryParse(address, out var parsed) || parsed.AddressFamily != AddressFamily.InterNetworkV6)
            return "it is no IPv6 address";
        if (parsed.IsIPv6LinkLocal && parsed.ScopeId == 0) return "a link-local address needs its interface, as in [fe80::1%eth0]";
        subnet = new(text, parsed);
        return null;
    }

    private static string? ParseCidr(string text, out Subnet? subnet)
    {
        subnet = null;
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        if (ParseIPv4(text.AsSpan(0, slash), out var address) is { } reason) return reason;
        if (!int.TryParse(text.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var length) || length > 32)
            return $"the prefix length \"{text[(slash + 1)..]}\" is not 0 to 32";
        var (first, last) = Hosts(address, length);
        subnet = new(text, first, last);
        return null;
    }

    private static string? ParseNumbers(string text, out Subnet? subnet)
    {
        subnet = null;
        var dash = text.IndexOf('-', StringComparison.Ordinal);
        if (dash < 0)
        {
            var isPrefix = text.Count(c => c == '.') == 2;
            if (ParseIPv4(isPrefix ? text + ".0" : text, out var address) is { } wrong) return wrong;
            var (start, end) = Hosts(address, isPrefix ? 24 : 32);
            subnet = new(text, start, end);
            return null;
        }
        if (ParseIPv4(text.AsSpan(0, dash), out var first) is { } wrongFirst) return wrongFirst;
        var rest = text.AsSpan(dash + 1);
        if (TryParseByte(rest, out var lastByte)) return ParsedRange(text, first, (first & 0xFFFF_FF00) | lastByte, out subnet);
        return ParseIPv4(rest, out var last) ?? ParsedRange(text, first, last, out subnet);
    }

    private static string? ParsedRange(string text, uint first, uint last, out Subnet? subnet)
    {
        subnet = last < first ? null : new(text, first, last);
        return subnet is null ? "the range ends before it begins" : null;
    }

    private static string? ParseHost(string text, out Subnet? subnet)
    {
        subnet = null;
        var name = text.EndsWith('.') ? text[..^1] : text;
        if (name.Length > MaxHostName) return "it is longer than a host name may be";
        if (name.Split('.').Any(
            label => label.Length is 0 or > MaxLabel || label.Any(c => !char.IsLetterOrDigit(c) && c is not ('-' or '_'))))
        {
            return "it is neither an address nor a host name";
        }
        subnet = new(text);
        return null;
    }

    // IPAddress.Parse would read 192.168.1 as 192.168.0.1, and 010 as 8.
    private static string? ParseIPv4(ReadOnlySpan<char> text, out uint address)
    {
        address = 0;
        var parts = 0;
        foreach (var range in text.Split('.'))
        {
            if (!TryParseByte(text[range], out var part)) return $"\"{text[range]}\" is not 0 to 255";
            address = (address << 8) | part;
            parts++;
        }
        return parts == 4 ? null : $"an IPv4 address has four numbers, and \"{text}\" has {parts.ToString(CultureInfo.InvariantCulture)}";
    }

    private static bool TryParseByte(ReadOnlySpan<char> text, out byte value) =>
        byte.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value) && (text.Length == 1 || text[0] != '0');
}
