using Kodama.Discovery;

namespace Kodama.Client;

/// <summary>What a connection to a hub is to be, for clients of any protocol. Read once, when the client is made.</summary>
public abstract class KodamaConnectionOptions
{
    private protected KodamaConnectionOptions()
    {
    }

    /// <summary>What the hub tells others of this peer: <c>name</c>, ... Sent in the URL.</summary>
    public IDictionary<string, string> Details { get; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>What the hub asks of those who come in; sent as <c>Authorization: Bearer</c>, in clear where the address is not https or
    /// wss. Without a pin, by name only to the one hub that claims it (<see cref="HubAmbiguousException"/>).</summary>
    public string? Token { get; set; }

    /// <summary>In place of <see cref="Token"/>: asked for it at each attempt to connect, for tokens that expire; null for none. May be
    /// asked from any thread, within <see cref="ConnectTimeout"/>; what it throws is <see cref="TokenUnavailableException"/>, and the
    /// attempt has failed.</summary>
    public Func<CancellationToken, ValueTask<string?>>? TokenProvider { get; set; }

    /// <summary>Headers of the handshake that the hub, or a proxy before it, asks for: <c>X-Api-Key</c>, ... Given to whom <see
    /// cref="Token"/> is.</summary>
    public IDictionary<string, string> Headers { get; } = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);

    /// <summary>When to try again after the connection has been lost. Default <see cref="ReconnectStrategy.Exponential"/>.</summary>
    public ReconnectStrategy Reconnect { get; set; } = ReconnectStrategy.Exponential();

    /// <summary>Whether a first attempt that fails is repeated as <see cref="Reconnect"/> says. Default false: it throws.</summary>
    public bool RetryFirst { get; set; }

    /// <summary>How long one attempt may take: lookup, TCP, TLS and handshake together. Default 10 s.</summary>
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How long the goodbye may take, after which the connection is cut. Default 5 s.</summary>
    public TimeSpan CloseTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How often the hub is pinged, so that a connection that leads nowhere is noticed; zero for never. Measured by the system's
    /// clock, whatever <see cref="Time"/> is. Default 15 s.</summary>
    public TimeSpan KeepAliveInterval { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>How long the answer to a ping may take. Measured by the system's clock. Default 10 s.</summary>
    public TimeSpan KeepAliveTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Largest message in bytes, 1 or more; a larger one ends the client with close code 1009.</summary>
    public abstract int MaxMessageSize { get; set; }

    /// <summary>
    /// SHA-256 of the hub's certificate, or of the authority of its own that has signed it, in hexadecimal, colons allowed: this one and no
    /// other, be it self-signed or expired. Null: that of the link (<c>#sha256=...</c>); else that of <see cref="KnownHubs"/>; else that of
    /// the hub that was found, for as long as the client lives; of an address whatever the system trusts.
    /// </summary>
    public string? CertificateFingerprint { get; set; }

    /// <summary>A file in which the hubs are kept that were met with a fingerprint, by name or address: later they are those, or are
    /// refused (docs/specs/https.md). Made where it does not exist. Null, the default: nothing is remembered.</summary>
    public string? KnownHubs { get; set; }

    /// <summary>How hubs are looked up by name.</summary>
    public ScanOptions Scan { get; set; } = new();

    /// <summary>The clock of timeouts and delays. Default the system's.</summary>
    public TimeProvider Time { get; set; } = TimeProvider.System;
}
