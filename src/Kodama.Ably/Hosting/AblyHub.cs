using Kodama.Server;
using Microsoft.Extensions.Logging;

namespace Kodama.Ably;

/// <summary>What all connections and requests of the door share.</summary>
internal sealed class AblyHub
{
    private static readonly TimeSpan MaxWait = TimeSpan.FromHours(1);
    private static readonly TimeSpan OneSecond = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan OneMillisecond = TimeSpan.FromMilliseconds(1);

    private readonly int maxPeers;

    public AblyHub(
        DoorKit kit, AppTable apps, AblyOptions options, KodamaOptions hub, TimeProvider time, ILogger<AblyHub> logger)
    {
        maxPeers = hub.MaxPeers;
        MaxFrame = hub.MaxMessageSize;
        Kit = kit;
        Apps = apps;
        Options = options;
        Time = time;
        Logger = logger;
        Credentials = new Credentials(apps, time);
        Tokens = new TokenRequests(time);
        Occupancies = new Occupancies(this);
        Edits = new MessageEdits(this);
        Others = new OtherHubs(this);
        Hub.KeyChanged += History.Note_NeedsLock;
    }

    public DoorKit Kit { get; }

    public Hub Hub => Kit.Hub;

    public AppTable Apps { get; }

    public AblyOptions Options { get; }

    public TimeProvider Time { get; }

    public ILogger Logger { get; }

    public Credentials Credentials { get; }

    public TokenRequests Tokens { get; }

    public PresenceHistory History { get; } = new();

    public Occupancies Occupancies { get; }

    public MessageEdits Edits { get; }

    public OtherHubs Others { get; }

    public LaterNames Names { get; } = new();

    /// <summary>Most bytes of a frame.</summary>
    public int MaxFrame { get; }

    /// <summary>Most bytes of what is published at once: a frame has an envelope, escapes and Base64 around it.</summary>
    public int MaxMessageSize => Math.Min(Options.MaxMessageSize, Math.Max(1, MaxFrame / 2));

    /// <summary>Whether the hub has as many peers as it may.</summary>
    public bool IsFull => Hub.PeerCount >= maxPeers;

    /// <summary>Its clients that are connected now.</summary>
    public IEnumerable<AblyPeer> Clients => Hub.Peers.Select(static peer => peer.Link).OfType<AblyPeer>();

    /// <summary>Looks then whether the tokens of those who are connected still count.</summary>
    public void CheckTokens(DateTimeOffset at) => _ = CheckTokensAsync(at);

    private async Task CheckTokensAsync(DateTimeOffset at)
    {
        var wait = Math.Clamp((at - Time.GetUtcNow()).TotalSeconds, 0, MaxWait.TotalSeconds);
        await Task.Delay(TimeSpan.FromSeconds(wait), Time).ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        // Timers are a little early at times.
        while (at - Time.GetUtcNow() is { Ticks: > 0 } left && left < OneSecond) await Task.Delay(OneMillisecond, Time);
        foreach (var client in Clients)
        {
            if (client.Access.IsToken) client.Check();
        }
    }
}
