using System.Buffers;
using Kodama.Server;
using Kodama.WebSockets;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;

namespace Kodama.SocketIO;

/// <summary>What the user asked of an Engine.IO server, or of the transports of a Socket.IO server. Read once, when the server is mapped.
/// Names and defaults are node's.</summary>
public class EngineOptions
{
    private static readonly SearchValues<char> NotOfPaths = SearchValues.Create("?#{}*,");

    /// <summary>Where the server is. Default <c>/socket.io</c>.</summary>
    public string Path { get; set; } = "/socket.io";

    /// <summary>Whether requests must end the path with a slash, as clients do unless told otherwise. Default true.</summary>
    public bool AddTrailingSlash { get; set; } = true;

    /// <summary>Whether clients may use HTTP long-polling. Default true.</summary>
    public bool Polling { get; set; } = true;

    /// <summary>Whether clients may use WebSockets. Default true.</summary>
    public bool WebSockets { get; set; } = true;

    /// <summary>Whether a session may move from polling to a WebSocket. Default true.</summary>
    public bool AllowUpgrades { get; set; } = true;

    /// <summary>Between two pings. Default 25 s.</summary>
    public TimeSpan PingInterval { get; set; } = TimeSpan.FromSeconds(25);

    /// <summary>How long a client may take to answer a ping. Default 20 s.</summary>
    public TimeSpan PingTimeout { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>How long a client may take from the WebSocket's handshake to the end of its upgrade. Default 10 s.</summary>
    public TimeSpan UpgradeTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Largest polling body and WebSocket message that a client may send, in bytes. Default 1,000,000.</summary>
    public int MaxHttpBufferSize { get; set; } = 1_000_000;

    /// <summary>Whether clients of Socket.IO 1.4 and 2 (Engine.IO 3) may connect. Default false.</summary>
    public bool AllowEIO3 { get; set; }

    /// <summary>Whether answers to polling are compressed, from 1,024 bytes on, for clients that take gzip or br. Default true.</summary>
    public bool HttpCompression { get; set; } = true;

    /// <summary>How WebSocket messages are compressed for clients that offer it; null for not at all, as is the default.</summary>
    public PerMessageDeflateOptions? PerMessageDeflate { get; set; }

    /// <summary>A text message that every session begins with, right behind the open packet; null for none.</summary>
    public string? InitialPacket { get; set; }

    /// <summary>Which web pages may use the server, beside the hub's own and those of <see cref="KodamaOptions.AllowedOrigins"/>.</summary>
    public CorsOptions Cors { get; } = new();

    /// <summary>A cookie with the session's id, for proxies that keep a client at one server; null for none, as is the default.</summary>
    public SessionCookie? Cookie { get; set; }

    /// <summary>Decides from its first request whether a client may come in, after the hub's authenticators; its reason is what a refused
    /// one is told. Requests are decided side by side.</summary>
    public Func<HttpContext, ValueTask<AuthenticationResult>>? AllowRequest { get; set; }

    /// <summary>Whether the JavaScript client is served, as <c>/socket.io/socket.io.js</c> and its other forms. Default true.</summary>
    public bool ServeClient { get; set; } = true;

    /// <summary>Most sessions at once, those that only began included. One more takes the place of the oldest that has joined no namespace;
    /// where there is none, it is refused with 503. Default 16,384.</summary>
    public int MaxSessions { get; set; } = 16 * 1024;

    /// <summary>Most sessions of one remote address, but for those of the hub's own machine, where a proxy may be; one more is refused with
    /// 503. Null, the default: half of <see cref="MaxSessions"/>.</summary>
    public int? MaxSessionsPerAddress { get; set; }

    /// <summary>Whether <see cref="HandshakeRequest.Headers"/> are kept, at some kilobytes for each session. Default false.</summary>
    public bool KeepHeaders { get; set; }

    internal int SessionsPerAddress => MaxSessionsPerAddress ?? MaxSessions / 2 + MaxSessions % 2;

    /// <summary>Sets what a section of the configuration has. Its keys are the names of the options; times are <c>hh:mm:ss</c>.</summary>
    /// <exception cref="ArgumentException">It has a key that is no option, or a value that its option cannot have; the message names both,
    /// and says what to write.</exception>
    public void Bind(IConfiguration section)
    {
        ArgumentNullException.ThrowIfNull(section);
        OptionsSection.Bind(section, this);
    }

    /// <summary>Throws an <see cref="ArgumentException"/> that names the value, what is wrong with it and what to do.</summary>
    public virtual void Validate()
    {
        var isPath = Path is ['/', not '/', ..] && !Path.AsSpan().ContainsAny(NotOfPaths);
        Require(isPath, $"Path is \"{Path}\"; it must be a path such as /socket.io.");
        Require(Polling || WebSockets, "Polling and WebSockets are both false: no client could connect.");
        RequireTime(PingInterval, nameof(PingInterval));
        RequireTime(PingTimeout, nameof(PingTimeout));
        RequireTime(UpgradeTimeout, nameof(UpgradeTimeout));
        Require(MaxHttpBufferSize is >= 1 and <= 1 << 30, $"MaxHttpBufferSize is {MaxHttpBufferSize}; it must be from 1 to {1 << 30}.");
        Require(MaxSessions >= 1, $"MaxSessions is {MaxSessions}; it must be at least 1.");
        Require(
            MaxSessionsPerAddress is null or >= 1,
            $"MaxSessionsPerAddress is {MaxSessionsPerAddress}; it must be at least 1, or null for half of MaxSessions.");
        Cookie?.Validate();
        Cors.Validate();
    }

    internal static void Require(bool isRight, string problem)
    {
        if (!isRight) throw new ArgumentException(problem);
    }

    private protected static void RequireTime(TimeSpan value, string name) => Require(
        value > TimeSpan.Zero && value < TimeSpan.FromDays(1),
        $"{name} is {value}; it must be more than 0 and less than a day. "
            + "Write hh:mm:ss, as 00:00:20 for 20 seconds: a bare number means days.");
}
