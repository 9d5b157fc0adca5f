using Kodama.Discovery;

namespace Kodama.Client;

/// <summary>What a client is to be. Read once, when it is made.</summary>
public sealed class KodamaClientOptions
{
    /// <summary>The room to join, 1 to 128 characters. Null: that of the address, or the hub's default.</summary>
    public string? Room { get; set; }

    /// <summary>What the hub tells others of this peer: <c>name</c>, ... Sent in the URL.</summary>
    public IDictionary<string, string> Details { get; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>What the hub asks of those who come in; sent as <c>Authorization: Bearer</c>, in clear where the address is not https or
    /// wss. Without a pin, by name only to the one hub that claims it (<see cref="HubAmbiguousException"/>).</summary>
    public string? Token { get; set; }

    /// <summary>When to try again after the connection has been lost. Default <see cref="ReconnectStrategy.Exponential"/>.</summary>
    public ReconnectStrategy Reconnect { get; set; } = ReconnectStrategy.Exponential();

    /// <summary>Whether a first attempt that fails is repeated as <see cref="Reconnect"/> says. Default false: it throws.</summary>
    public bool RetryFirst { get; set; }

    /// <summary>Whether messages wait for a connection where there is none at the moment. Default false: sending throws <see
    /// cref="NotConnectedException"/>.</summary>
    public bool WaitForConnection { get; set; }

    /// <summary>How long one attempt may take: lookup, TCP, TLS and handshake together. Default 10 s.</summary>
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How long the goodbye may take, after which the connection is cut. Default 5 s.</summary>
    public TimeSpan CloseTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How often the hub is pinged, so that a connection that leads nowhere is noticed; zero for never. Measured by the system's
    /// clock, whatever <see cref="Time"/> is. Default 15 s.</summary>
    public TimeSpan KeepAliveInterval { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>How long the answer to a ping may take. Measured by the system's clock. Default 10 s.</summary>
    public TimeSpan KeepAliveTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How many messages wait to be read, 1 or more. Default 1,024.</summary>
    public int MessageCapacity { get; set; } = 1024;

    /// <summary>What happens to one more. Default <see cref="FullMode.Wait"/>.</summary>
    public FullMode FullMode { get; set; }

    /// <summary>Largest message in bytes, 1 or more; a larger one ends the client with close code 1009. Default 1 MiB.</summary>
    public int MaxMessageSize { get; set; } = 1024 * 1024;

    /// <summary>
    /// SHA-256 of the hub's certificate in hexadecimal, colons allowed: this certificate and no other, be it self-signed or expired. Null:
    /// that of the hub that was found, for as long as the client lives; of an address whatever the system trusts.
    /// </summary>
    public string? CertificateFingerprint { get; set; }

    /// <summary>How hubs are looked up by name.</summary>
    public ScanOptions Scan { get; set; } = new();

    /// <summary>The clock of timeouts and delays. Default the system's.</summary>
    public TimeProvider Time { get; set; } = TimeProvider.System;
}
