using System.Collections.Frozen;
using Kodama.Client.Connecting;
using Kodama.Discovery;

namespace Kodama.Client;

/// <summary>The options as they were when the client was made, checked.</summary>
internal sealed record ClientSettings
{
    private static readonly FrozenSet<string> HandshakesOwn =
        FrozenSet.Create(StringComparer.OrdinalIgnoreCase, "Host", "Connection", "Upgrade", "Content-Length", "Transfer-Encoding");

    private ClientSettings(KodamaConnectionOptions options)
    {
        Details = [.. options.Details];
        Token = options.Token;
        TokenProvider = options.TokenProvider;
        Headers = [.. options.Headers];
        Reconnect = options.Reconnect;
        RetryFirst = options.RetryFirst;
        ConnectTimeout = options.ConnectTimeout;
        CloseTimeout = options.CloseTimeout;
        KeepAliveInterval = options.KeepAliveInterval;
        KeepAliveTimeout = options.KeepAliveTimeout;
        MaxMessageSize = options.MaxMessageSize;
        CertificateFingerprint = options.CertificateFingerprint is { } fingerprint ? CertificatePin.Normalize(fingerprint) : null;
        Known = options.KnownHubs is { } known ? KnownHubs.Open(known) : null;
        Scan = options.Scan;
        Time = options.Time;
    }

    /// <summary>In the path; null for the hub's default, and where rooms are joined later.</summary>
    public string? Room { get; private init; }

    /// <summary>Which the hub must agree to; null for none.</summary>
    public string? Subprotocol { get; private init; }

    public IReadOnlyList<KeyValuePair<string, string>> Details { get; }
    public string? Token { get; private init; }
    public Func<CancellationToken, ValueTask<string?>>? TokenProvider { get; }
    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; }

    /// <summary>Whether the handshake says what not every hub should see.</summary>
    public bool HasSecrets => HasToken || Headers.Count > 0;

    public bool HasToken => Token is not null || TokenProvider is not null;

    public ReconnectStrategy Reconnect { get; }
    public bool RetryFirst { get; }
    public bool WaitForConnection { get; private init; }
    public TimeSpan ConnectTimeout { get; }
    public TimeSpan CloseTimeout { get; }
    public TimeSpan KeepAliveInterval { get; }
    public TimeSpan KeepAliveTimeout { get; }
    public int MessageCapacity { get; private init; }
    public FullMode FullMode { get; private init; }
    public int MaxMessageSize { get; }
    public string? CertificateFingerprint { get; private init; }
    public KnownHubs? Known { get; }
    public ScanOptions Scan { get; }
    public TimeProvider Time { get; }

    /// <summary>How hubs are looked up; tests have networks of their own.</summary>
    public HubLookup Lookup { get; init; } = HubLookups.Network;

    /// <summary>Of a client that joins one room, at any WebSocket server.</summary>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    public static ClientSettings Of(KodamaClientOptions options)
    {
        ThrowIfNotPositive(options.MessageCapacity, nameof(options.MessageCapacity));
        ThrowIfNotDefined(options.FullMode, nameof(options.FullMode));
        if (options.Room is { } room) ThrowIfNoRoom(room, nameof(options.Room));
        ThrowIfOutOfRange(options);
        return new ClientSettings(options)
        {
            Room = options.Room,
            WaitForConnection = options.WaitForConnection,
            MessageCapacity = options.MessageCapacity,
            FullMode = options.FullMode,
        };
    }

    /// <summary>Of a client that speaks a protocol of the hub's.</summary>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    public static ClientSettings Of(KodamaConnectionOptions options, string subprotocol)
    {
        ThrowIfOutOfRange(options);
        return new ClientSettings(options) { Subprotocol = subprotocol };
    }

    /// <exception cref="ArgumentException">It can be no room's name.</exception>
    public static void ThrowIfNoRoom(string room, string name)
    {
        ArgumentNullException.ThrowIfNull(room, name);
        if (room.Length is 0 or > 255 || room.Any(char.IsControl))
            throw Invalid(name, $"\"{room}\"", "take 1 to 255 characters, none of them a control character");
    }

    public static void ThrowIfNotPositive(long value, string name)
    {
        if (value < 1) throw Invalid(name, value, "take 1 or more");
    }

    public static void ThrowIfNotDefined<T>(T value, string name)
        where T : struct, Enum
    {
        if (!Enum.IsDefined(value)) throw Invalid(name, value, "take one of the enum");
    }

    /// <summary>With the token that an address brought along.</summary>
    /// <exception cref="ArgumentException">It can be no token.</exception>
    public ClientSettings WithToken(string token)
    {
        ThrowIfNoHeader(token);
        return this with { Token = token };
    }

    /// <summary>With the pin that a link brought along.</summary>
    public ClientSettings WithPin(string fingerprint) => this with { CertificateFingerprint = fingerprint };

    /// <summary>With the token of one attempt, where the program is to be asked for it.</summary>
    /// <exception cref="TokenUnavailableException">It has none that could be sent.</exception>
    public async ValueTask<ClientSettings> AskForTokenAsync(CancellationToken cancellationToken)
    {
        if (TokenProvider is null) return this;
        try
        {
            return await TokenProvider(cancellationToken).ConfigureAwait(false) is { } token ? WithToken(token) : this;
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TokenUnavailableException(exception);
        }
    }

    /// <summary>For those who will look hubs up, maybe long after the program has made the client.</summary>
    /// <exception cref="ArgumentException">What is to be scanned cannot be.</exception>
    public ClientSettings WithValidScan()
    {
        // Looks at the options; the scan itself would begin with its enumeration.
        _ = Scanner.ScanAsync(Scan);
        return this;
    }

    private static void ThrowIfOutOfRange(KodamaConnectionOptions options)
    {
        ArgumentNullException.ThrowIfNull(options.Reconnect);
        ArgumentNullException.ThrowIfNull(options.Scan);
        ArgumentNullException.ThrowIfNull(options.Time);
        ThrowIfNotPositive(options.ConnectTimeout, nameof(options.ConnectTimeout));
        ThrowIfNotPositive(options.CloseTimeout, nameof(options.CloseTimeout));
        if (options.KeepAliveInterval < TimeSpan.Zero)
            throw Invalid(nameof(options.KeepAliveInterval), options.KeepAliveInterval, "take zero for no pings, or more");
        if (options.KeepAliveInterval > TimeSpan.Zero) ThrowIfNotPositive(options.KeepAliveTimeout, nameof(options.KeepAliveTimeout));
        if (options.MaxMessageSize < 1) throw Invalid(nameof(options.MaxMessageSize), options.MaxMessageSize, "take 1 byte or more");
        if (options.Token is { } token) ThrowIfNoHeader(token);
        if (options is { Token: not null, TokenProvider: not null })
            throw new ArgumentException("Token and TokenProvider are both set: leave one of the two out.");
        var hasToken = options.Token is not null || options.TokenProvider is not null;
        foreach (var (header, value) in options.Headers) ThrowIfNoHeader(header, value, hasToken);
        if (options.Details.ContainsKey("token"))
            throw new ArgumentException("A hub takes the detail \"token\" for its token: use Token, or call the detail something else.");
        if (options.Details.FirstOrDefault(d => d.Value is null).Key is { } valueless)
            throw new ArgumentException($"The detail \"{valueless}\" is null: leave it out, or give it a value.");
    }

    private static void ThrowIfNoHeader(string token)
    {
        if (token.Any(c => c is <= ' ' or > '~'))
            throw new ArgumentException("Token goes into an HTTP header: take printable ASCII without spaces.");
    }

    private static void ThrowIfNoHeader(string name, string value, bool hasToken)
    {
        if (name.Length == 0 || name.Any(c => !char.IsAsciiLetterOrDigit(c) && !"!#$%&'*+-.^_`|~".Contains(c, StringComparison.Ordinal)))
            throw new ArgumentException($"\"{name}\" is no header's name: it takes letters, digits and -.");
        if (value is null || value.Any(c => c is < ' ' or > '~'))
            throw new ArgumentException($"The header {name} takes printable ASCII.");
        if (hasToken && name.Equals("Authorization", StringComparison.OrdinalIgnoreCase))
            throw new ArgumentException("The header Authorization carries the Token: leave one of the two out.");
        if (name.StartsWith("Sec-WebSocket-", StringComparison.OrdinalIgnoreCase) || HandshakesOwn.Contains(name))
            throw new ArgumentException($"The header {name} is the handshake's own: leave it out.");
    }

    private static void ThrowIfNotPositive(TimeSpan time, string name)
    {
        // What a timer can hold.
        if (time <= TimeSpan.Zero || time.TotalMilliseconds > int.MaxValue)
            throw Invalid(name, time, "take more than zero, and less than 24 days");
    }

    private static ArgumentException Invalid(string name, object value, string rule) => new($"{name} is {value}: {rule}.");
}
