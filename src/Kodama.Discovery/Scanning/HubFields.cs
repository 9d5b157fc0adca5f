using System.Buffers;
using System.Diagnostics.CodeAnalysis;

namespace Kodama.Discovery;

/// <summary>What a hub may say of itself in a field that programs use, by whichever way it comes.</summary>
internal static class HubFields
{
    public const string DefaultPath = "/ws";

    private const int MaxId = 64;
    private const int MaxPath = 256;
    private const int FingerprintLength = 64;
    private const int ClusterLength = 16;

    private static readonly SearchValues<char> HexDigits = SearchValues.Create("0123456789abcdef");

    /// <summary>1 to 64 letters and digits.</summary>
    public static bool IsId([NotNullWhen(true)] string? id) => id is { Length: > 0 and <= MaxId } && id.All(char.IsAsciiLetterOrDigit);

    /// <summary>The path, or the usual one if it is none.</summary>
    public static string PathOf(string? path) =>
        path is { Length: <= MaxPath } && path.StartsWith('/') && !path.StartsWith("//", StringComparison.Ordinal) && path.All(char.IsAscii)
        && !path.AsSpan().ContainsAny('?', '#') && Uri.IsWellFormedUriString(path, UriKind.Relative)
            ? path
            : DefaultPath;

    /// <summary>The id of a cluster, 16 hexadecimal digits; null, if it is none.</summary>
    public static string? ClusterOf(string? cluster) =>
        cluster is { Length: ClusterLength } && !cluster.AsSpan().ContainsAnyExcept(HexDigits) ? cluster : null;

    /// <summary>SHA-256 in lower-case hexadecimal.</summary>
    public static bool IsFingerprint(string fingerprint) =>
        fingerprint.Length == FingerprintLength && !fingerprint.AsSpan().ContainsAnyExcept(HexDigits);
}
