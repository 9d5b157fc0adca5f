namespace Kodama.Client;

/// <summary>What a client is doing: one of the records within. Immutable.</summary>
public abstract record ClientStatus
{
    private protected ClientStatus()
    {
    }

    /// <summary>Not started yet.</summary>
    public sealed record Disconnected : ClientStatus;

    /// <summary>The first attempt is made.</summary>
    public sealed record Connecting : ClientStatus;

    /// <summary>Messages go both ways.</summary>
    /// <param name="Address">Where: <c>ws://192.168.1.20:8080/ws</c>, without query.</param>
    /// <param name="CertificateFingerprint">The pin in force, SHA-256 in lower-case hexadecimal: the hub has shown this certificate. Null
    /// without TLS, and where the system's trust has decided.</param>
    public sealed record Connected(Uri Address, string? CertificateFingerprint) : ClientStatus
    {
        /// <summary>Whether the hub knew the session again. False at first, for a hub that has forgotten it, and for a <see
        /// cref="KodamaClient"/>, which has none.</summary>
        public bool IsResumed { get; init; }
    }

    /// <summary>Waits, and then makes another attempt; holds until that has succeeded or failed.</summary>
    /// <param name="Attempt">Number of the attempt, from 1; begins anew after a connection that lasted 10 s.</param>
    /// <param name="Delay">What is waited before it.</param>
    /// <param name="Cause">Why the connection ended, or the attempt before failed.</param>
    public sealed record Reconnecting(int Attempt, TimeSpan Delay, Exception Cause) : ClientStatus;

    /// <summary>The end; a client does not begin again.</summary>
    /// <param name="Cause">Null, when the program closed or disposed the client.</param>
    public sealed record Closed(Exception? Cause) : ClientStatus;
}
