using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace Kodama.Server;

/// <summary>What the user asked of a hub in a server. Bound from the configuration section <c>Kodama</c>; read once at start.</summary>
public sealed class KodamaOptions : HubOptions
{
    /// <summary>The section of appsettings.json, and the prefix of environment variables (<c>Kodama__Token</c>).</summary>
    public const string Section = "Kodama";

    private const int ShortestAdminToken = 16;

    // No properties: the configuration binder would try to fill them.
    private Func<SslClientHelloInfo, SslServerAuthenticationOptions>? https;
    private HubAuthority? authority;
    private TokenFolder? tokens;

    /// <summary>The hub's name, shown to people and told as detail <c>name</c>. Default: that detail, or the machine's name.</summary>
    public string? Name { get; set; }

    /// <summary>What a client must know to come in: <c>?token=</c> or <c>Authorization: Bearer</c>. Printable ASCII without spaces. Null:
    /// anyone on the network can join.</summary>
    public string? Token { get; set; }

    /// <summary>
    /// What whoever runs the hub knows: with it one may announce, disconnect peers, close rooms, change their state, and see everything
    /// (docs/specs/http.md). 16 characters or more of printable ASCII without spaces, another than <see cref="Token"/>. Null: nobody may.
    /// </summary>
    public string? AdminToken { get; set; }

    /// <summary>The room of <c>/ws</c>. Default <c>lobby</c>.</summary>
    public string DefaultRoom { get; set; } = RoomName.Default;

    /// <summary>
    /// Web pages of other hosts that may use this hub, such as <c>https://app.example</c>, <c>https://*.example</c>,
    /// <c>http://localhost:*</c> (of any port), <c>null</c> (opened from a file, or in a sandbox: anybody's) or <c>*</c>. The hub's own
    /// pages always may, and programs, which send no Origin.
    /// </summary>
    public IList<string> AllowedOrigins { get; } = [];

    /// <summary>
    /// Names by which the hub may be addressed, beside IP addresses, localhost, <c>*.local</c> and the machine's name; <c>*</c> for any.
    /// Guards against DNS rebinding.
    /// </summary>
    public IList<string> AllowedHosts { get; } = [];

    /// <summary>
    /// The folder of web pages that a <see cref="KodamaServer"/> serves beside the hub's own (docs/specs/http.md): whoever reaches the hub
    /// can read them, without a token. In an ASP.NET Core application it does nothing: there it has <c>UseStaticFiles</c>. Null: none.
    /// </summary>
    public string? Www { get; set; }

    /// <summary>Largest message of a peer or of a publisher over HTTP, in bytes. Default 1 MiB.</summary>
    public int MaxMessageSize { get; set; } = 1024 * 1024;

    /// <summary>Most frames that one message may be split into. Default 1,024.</summary>
    public int MaxFragments { get; set; } = 1024;

    /// <summary>
    /// What messages and bodies that are not whole yet, or are being handled, may hold together, in bytes; those of one read or of up to 4
    /// KiB are not counted. One more gets close code 1013 or 503. Default 128 MiB.
    /// </summary>
    public long MaxIncomingBytes { get; set; } = 128L * 1024 * 1024;

    /// <summary>The same of one remote address, but for those of the hub's own machine, where a proxy may be. Null, the default: a
    /// quarter.</summary>
    public long? MaxIncomingBytesPerAddress { get; set; }

    /// <summary>
    /// How long a message or body may take from its first byte to its last; then it gets close code 1008 or 408. Zero for any time. Default
    /// 30 s.
    /// </summary>
    public TimeSpan MessageTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Most readers of <c>/api/events</c> at once; one more gets 503. Default 1,024.</summary>
    public int MaxEventStreams { get; set; } = 1024;

    /// <summary>
    /// The same of one remote address, but for those of the hub's own machine, where a proxy may be; at least one. Null, the default: a
    /// quarter.
    /// </summary>
    public int? MaxEventStreamsPerAddress { get; set; }

    /// <summary>
    /// Most connections that have not sent the whole head of a request within two seconds; the silent and then the oldest beyond are ended.
    /// Default 1,024.
    /// </summary>
    public int MaxNewcomers { get; set; } = 1024;

    /// <summary>Most of them from one address, or from one /64 in IPv6. Default 256.</summary>
    public int MaxNewcomersPerAddress { get; set; } = 256;

    /// <summary>How long a new connection may send nothing; zero for as long as Kestrel lets it. Default 10 s.</summary>
    public TimeSpan NewcomerTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Whether clients that offer permessage-deflate get it. Default true; messages under 1 KiB are never compressed.</summary>
    public bool Compression { get; set; } = true;

    /// <summary>Silence after which a peer is pinged; zero for never. Less than a day, as all times here. Default 20 s.</summary>
    public TimeSpan PingInterval { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>How long a peer may take to answer a ping; more than zero, where there are pings. Default 20 s.</summary>
    public TimeSpan PongTimeout { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>How long a peer may take to answer a close frame. Default 5 s.</summary>
    public TimeSpan CloseTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a graceful stop waits for outboxes to drain and peers to say goodbye. Default 5 s.</summary>
    public TimeSpan StopTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Whether the hub advertises itself on the network (mDNS), so that it is found by its name. Default true; one that listens on
    /// loopback only never does.</summary>
    public bool Advertise { get; set; } = true;

    /// <summary>Network interfaces on which it does so, by name or address. Empty: all but loopback, containers, tunnels and
    /// VPNs.</summary>
    public IList<string> Interfaces { get; } = [];

    /// <summary>
    /// Where the clients of a cluster reach this hub, the best first, such as <c>https://hub1.example</c>: behind a proxy it cannot know
    /// itself. At most 8. Empty: where it listens, but for this machine's own addresses.
    /// </summary>
    public IList<string> Addresses { get; } = [];

    /// <summary>Who may come in, asked in this order, after <see cref="Token"/>.</summary>
    public IList<IAuthenticator> Authenticators { get; } = [];

    /// <summary>Who may stay, what may be said, who is told.</summary>
    public HubRules Rules { get; } = new();

    /// <summary>Whether a <see cref="KodamaServer"/> with https also serves plain http, at the same port. Default false: who asks by plain
    /// http is led to https.</summary>
    public bool PlainHttp { get; set; }

    /// <summary>
    /// Lets a <see cref="KodamaServer"/> speak https. In an ASP.NET Core application it does nothing: there TLS is an endpoint's affair,
    /// <c>UseHttps</c> or <c>UseKodamaHttps</c>.
    /// </summary>
    /// <param name="certificate">With its private key. It stays the caller's, to dispose after the server.</param>
    /// <param name="chain">Intermediate certificates to show with it.</param>
    /// <exception cref="ArgumentException">It has no private key.</exception>
    public void UseHttps(X509Certificate2 certificate, X509Certificate2Collection? chain = null)
    {
        ArgumentNullException.ThrowIfNull(certificate);
        if (!certificate.HasPrivateKey)
        {
            throw new ArgumentException(
                $"Certificate \"{certificate.Subject}\" has no private key: load it together with its key, as from a PFX file.");
        }
        var always = TransportTls.Of(SslStreamCertificateContext.Create(certificate, chain, offline: true));
        UseHttps(_ => always);
    }

    /// <summary>The same, asked for each handshake: certificates that change, one for each name (SNI), certificates of clients.</summary>
    /// <param name="select">
    /// May be called by several threads at once. Sessions can be resumed with the <see cref="SslStreamCertificateContext"/> that they
    /// began with: give the same object each time. Without <see cref="SslServerAuthenticationOptions.ApplicationProtocols"/> there is no
    /// HTTP/2.
    /// </param>
    public void UseHttps(Func<SslClientHelloInfo, SslServerAuthenticationOptions> select)
    {
        ArgumentNullException.ThrowIfNull(select);
        https = select;
    }

    /// <summary>The same, with certificates that the hub makes for itself (docs/specs/https.md), and the page <c>/trust</c>. Who does not
    /// trust the authority yet needs <see cref="PlainHttp"/>.</summary>
    /// <param name="authority">Stays the caller's, to dispose after the server.</param>
    public void UseHttps(HubAuthority authority)
    {
        ArgumentNullException.ThrowIfNull(authority);
        this.authority = authority;
    }

    /// <summary>Lets nobody in but who has a token of his own of this folder, or knows <see cref="Token"/>
    /// (docs/specs/tokens.md).</summary>
    /// <param name="folder">Where they are made and revoked.</param>
    public void UseTokens(TokenFolder folder)
    {
        ArgumentNullException.ThrowIfNull(folder);
        tokens = folder;
    }

    /// <summary>What was given to <c>UseTokens</c>, or null.</summary>
    internal TokenFolder? FindTokens() => tokens;

    /// <summary>What was given to <c>UseHttps</c>, or null.</summary>
    internal HubAuthority? FindAuthority() => authority;

    /// <summary>What was given to <c>UseHttps</c>, or null.</summary>
    internal Func<SslClientHelloInfo, SslServerAuthenticationOptions>? FindHttps() => https;

    /// <inheritdoc/>
    public override void Validate()
    {
        base.Validate();
        if (DefaultRoom is null || !RoomName.IsValid(DefaultRoom))
            throw new ArgumentException($"DefaultRoom is \"{DefaultRoom}\"; a room's name takes {RoomName.Rule}.");
        if (Name is not null && string.IsNullOrWhiteSpace(Name))
            throw new ArgumentException("Name is empty: leave it out for the machine's name.");
        if (Token is { Length: 0 })
            throw new ArgumentException("Token is empty: leave it out to let anyone in, or give it a value that is hard to guess.");
        // RFC 6750 section 2.1: clients send it as Authorization: Bearer.
        SendableByHeader(Token, nameof(Token));
        SendableByHeader(AdminToken, nameof(AdminToken));
        if (AdminToken is { Length: < ShortestAdminToken })
        {
            throw new ArgumentException($"AdminToken has {AdminToken.Length} characters: who guesses it runs the hub. "
                + $"Give it {ShortestAdminToken} or more, at random.");
        }
        if (AdminToken is not null && AdminToken == Token)
        {
            throw new ArgumentException(
                "AdminToken is what clients come in by too: whoever may join would run the hub. Give it one of its own.");
        }
        Between(1, 1 << 30, MaxMessageSize, nameof(MaxMessageSize));
        Between(1, 1 << 20, MaxFragments, nameof(MaxFragments));
        Between(0, 1L << 40, MaxIncomingBytes, nameof(MaxIncomingBytes));
        if (MaxIncomingBytesPerAddress is { } share) Between(0, MaxIncomingBytes, share, nameof(MaxIncomingBytesPerAddress));
        WithinADay(MessageTimeout, nameof(MessageTimeout));
        Between(0, 1 << 20, MaxEventStreams, nameof(MaxEventStreams));
        if (MaxEventStreamsPerAddress is { } streams) Between(1, 1 << 20, streams, nameof(MaxEventStreamsPerAddress));
        Between(1, 1 << 20, MaxNewcomers, nameof(MaxNewcomers));
        Between(1, 1 << 20, MaxNewcomersPerAddress, nameof(MaxNewcomersPerAddress));
        WithinADay(NewcomerTimeout, nameof(NewcomerTimeout));
        WithinADay(PingInterval, nameof(PingInterval));
        WithinADay(PongTimeout, nameof(PongTimeout));
        WithinADay(CloseTimeout, nameof(CloseTimeout));
        WithinADay(StopTimeout, nameof(StopTimeout));
        if (PingInterval > TimeSpan.Zero && PongTimeout == TimeSpan.Zero)
        {
            throw new ArgumentException(
                "PongTimeout is 00:00:00, and no peer answers a ping in no time; a PingInterval of 00:00:00 turns pings off.");
        }
        for (var i = 0; i < AllowedOrigins.Count; i++) AllowedOrigins[i] = Security.OriginPattern.Normalize(AllowedOrigins[i]);
        if (Addresses.Count > HubAbout.MostAddresses || !Addresses.All(HubAbout.IsAddress))
        {
            throw new ArgumentException($"Addresses takes up to {HubAbout.MostAddresses} addresses such as https://hub1.example, without "
                + $"query; it has {string.Join(", ", Addresses)}.");
        }
        foreach (var name in AllowedHosts) Security.RequestHost.ThrowIfInvalid(name);
        Name ??= Details.TryGetValue("name", out var named) && !string.IsNullOrWhiteSpace(named) ? named : Dns.GetHostName();
        Details["name"] = Name;
    }

    private static void SendableByHeader(string? token, string name)
    {
        if (token is null || !token.Any(c => c is <= ' ' or > '~')) return;
        throw new ArgumentException($"{name} holds a space or another character that an HTTP header cannot carry: "
            + "take letters, digits and signs of ASCII, such as open-sesame.");
    }

    private static void Between(long least, long most, long value, string name)
    {
        if (value < least || value > most) throw new ArgumentException($"{name} is {value}; it must be from {least} to {most}.");
    }

    // Configuration reads "20" as 20 days: whoever meant seconds learns it here, and not from peers that stay dead for days.
    private static void WithinADay(TimeSpan value, string name)
    {
        if (value < TimeSpan.Zero) throw new ArgumentException($"{name} is {value}; it cannot be negative.");
        if (value < TimeSpan.FromDays(1)) return;
        throw new ArgumentException(
            $"{name} is {value}; it must be less than a day. Write hh:mm:ss, as 00:00:20 for 20 seconds: a bare number means days.");
    }
}
