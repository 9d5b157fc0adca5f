namespace Kodama.Client;

/// <summary>The hub showed another certificate than the pinned one, or none. Nothing was sent to it.</summary>
public sealed class CertificateMismatchException : KodamaClientException
{
    internal CertificateMismatchException(string address, string expected, string? actual)
        : base($"{address} {Shown(actual)}, but the certificate {expected} is pinned. "
            + "If the hub has a new one, pin that; if not, this is not the hub.")
    {
        Expected = expected;
        Actual = actual;
    }

    /// <summary>SHA-256 of the pinned certificate in lower-case hexadecimal.</summary>
    public string Expected { get; }

    /// <summary>SHA-256 of the certificate that was shown; null when the address speaks no TLS.</summary>
    public string? Actual { get; }

    private static string Shown(string? actual) => actual is null ? "speaks no TLS" : $"shows the certificate {actual}";
}
