namespace Kodama.Client;

/// <summary>The hub showed another certificate than the pinned one, or none. Nothing was sent to it.</summary>
public sealed class CertificateMismatchException : KodamaClientException
{
    private readonly string address;

    internal CertificateMismatchException(string address, string expected, string? actual)
        : base($"{address} {Shown(actual)}, but the certificate {expected} is pinned. "
            + "If the hub has a new one, pin that; if not, this is not the hub.")
    {
        (this.address, Expected, Actual) = (address, expected, actual);
    }

    private CertificateMismatchException(string address, string expected, string? actual, string hub, string file)
        : base($"{address} {Shown(actual)}, and {hub} was met with {expected}. If the hub has a new one, as after its data was removed, "
            + $"take its line out of {file}; if not, this is not the hub.")
    {
        (this.address, Expected, Actual) = (address, expected, actual);
    }

    /// <summary>The same, where the pin is that of an earlier meeting.</summary>
    internal CertificateMismatchException OfKnown(string hub, string file) => new(address, Expected, Actual, hub, file);

    /// <summary>SHA-256 of the pinned certificate in lower-case hexadecimal.</summary>
    public string Expected { get; }

    /// <summary>SHA-256 of the certificate that was shown; null when the address speaks no TLS.</summary>
    public string? Actual { get; }

    private static string Shown(string? actual) => actual is null ? "speaks no TLS" : $"shows the certificate {actual}";
}
