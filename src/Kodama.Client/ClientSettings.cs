using Kodama.Client.Connecting;
using Kodama.Discovery;

namespace Kodama.Client;

/// <summary>The options as they were when the client was made, checked.</summary>
internal sealed record ClientSettings
{
    private ClientSettings(KodamaClientOptions options)
    {
        Room = options.Room;
        Details = [.. options.Details];
        Token = options.Token;
        Reconnect = options.Reconnect;
        RetryFirst = options.RetryFirst;
        WaitForConnection = options.WaitForConnection;
        ConnectTimeout = options.ConnectTimeout;
        CloseTimeout = options.CloseTimeout;
        KeepAliveInterval = options.KeepAliveInterval;
        KeepAliveTimeout = options.KeepAliveTimeout;
        MessageCapacity = options.MessageCapacity;
        FullMode = options.FullMode;
        MaxMessageSize = options.MaxMessageSize;
        CertificateFingerprint = options.CertificateFingerprint is { } fingerprint ? CertificatePin.Normalize(fingerprint) : null;
        Scan = options.Scan;
        Time = options.Time;
    }

    public string? Room { get; }
    public IReadOnlyList<KeyValuePair<string, string>> Details { get; }
    public string? Token { get; private init; }
    public ReconnectStrategy Reconnect { get; }
    public bool RetryFirst { get; }
    public bool WaitForConnection { get; }
    public TimeSpan ConnectTimeout { get; }
    public TimeSpan CloseTimeout { get; }
    public TimeSpan KeepAliveInterval { get; }
    public TimeSpan KeepAliveTimeout { get; }
    public int MessageCapacity { get; }
    public FullMode FullMode { get; }
    public int MaxMessageSize { get; }
    public string? CertificateFingerprint { get; }
    public ScanOptions Scan { get; }
    public TimeProvider Time { get; }

    /// <summary>How hubs are looked up; tests have networks of their own.</summary>
    public HubLookup Lookup { get; init; } = HubLookups.Network;

    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    public static ClientSettings Of(KodamaClientOptions options)
    {
        ArgumentNullException.ThrowIfNull(options.Reconnect);
        ArgumentNullException.ThrowIfNull(options.Scan);
        ArgumentNullException.ThrowIfNull(options.Time);
        ThrowIfNotPositive(options.ConnectTimeout, nameof(options.ConnectTimeout));
        ThrowIfNotPositive(options.CloseTimeout, nameof(options.CloseTimeout));
        if (options.KeepAliveInterval < TimeSpan.Zero)
            throw Invalid(nameof(options.KeepAliveInterval), options.KeepAliveInterval, "take zero for no pings, or more");
        if (options.KeepAliveInterval > TimeSpan.Zero) ThrowIfNotPositive(options.KeepAliveTimeout, nameof(options.KeepAliveTimeout));
        if (options.MessageCapacity < 1) throw Invalid(nameof(options.MessageCapacity), options.MessageCapacity, "take 1 or more");
        if (options.MaxMessageSize < 1) throw Invalid(nameof(options.MaxMessageSize), options.MaxMessageSize, "take 1 byte or more");
        if (!Enum.IsDefined(options.FullMode)) throw Invalid(nameof(options.FullMode), options.FullMode, "take one of the enum");
        if (options.Room is { } room && (room.Length is 0 or > 128 || room.Any(char.IsControl)))
            throw Invalid(nameof(options.Room), $"\"{room}\"", "take 1 to 128 characters, none of them a control character");
        if (options.Token is { } token) ThrowIfNoHeader(token);
        if (options.Details.ContainsKey("token"))
            throw new ArgumentException("A hub takes the detail \"token\" for its token: use Token, or call the detail something else.");
        if (options.Details.FirstOrDefault(d => d.Value is null).Key is { } valueless)
            throw new ArgumentException($"The detail \"{valueless}\" is null: leave it out, or give it a value.");
        return new ClientSettings(options);
    }

    /// <summary>With the token that an address brought along.</summary>
    /// <exception cref="ArgumentException">It can be no token.</exception>
    public ClientSettings WithToken(string token)
    {
        ThrowIfNoHeader(token);
        return this with { Token = token };
    }

    /// <summary>For those who will look hubs up, maybe long after the program has made the client.</summary>
    /// <exception cref="ArgumentException">What is to be scanned cannot be.</exception>
    public ClientSettings WithValidScan()
    {
        // Looks at the options; the scan itself would begin with its enumeration.
        _ = Scanner.ScanAsync(Scan);
        return this;
    }

    private static void ThrowIfNoHeader(string token)
    {
        if (token.Any(c => c is <= ' ' or > '~'))
            throw new ArgumentException("Token goes into an HTTP header: take printable ASCII without spaces.");
    }

    private static void ThrowIfNotPositive(TimeSpan time, string name)
    {
        // What a timer can hold.
        if (time <= TimeSpan.Zero || time.TotalMilliseconds > int.MaxValue)
            throw Invalid(name, time, "take more than zero, and less than 24 days");
    }

    private static ArgumentException Invalid(string name, object value, string rule) => new($"{name} is {value}: {rule}.");
}
