using System.Buffers.Text;
using System.Security.Cryptography;
using Kodama.Ably;
using Kodama.Pusher;
using Kodama.Server;
using Microsoft.Extensions.Configuration;

namespace Kodama.Cli.Serve;

/// <summary>All that <c>serve</c> was asked for. Besides the hub's own options, section <c>Kodama</c> of the configuration has
/// these.</summary>
internal sealed class ServeOptions
{
    private const int AdminTokenBytes = 16;

    public KodamaOptions Hub { get; } = new();

    /// <summary>Section <c>Kodama</c> of the configuration.</summary>
    public IConfigurationSection? Section { get; set; }

    /// <summary>The options that were typed, such as <c>--origin</c>, by the names that they have there.</summary>
    public Dictionary<string, string> Typed { get; } = [];

    public ListenOptions Listen { get; } = new();

    /// <summary>Whether the hub's admin token was made here, and nobody knows it yet.</summary>
    public bool HasMadeAdminToken { get; private set; }

    /// <summary>Whether Socket.IO clients may come in, by <c>/socket.io/</c>; <c>Kodama:SocketIO</c> in the configuration, where that is
    /// true or false. Default true.</summary>
    public bool SocketIO { get; set; } = true;

    /// <summary>The Pusher door, section <c>Kodama:Pusher</c> of the configuration; null for none.</summary>
    public PusherOptions? Pusher
    {
        get;
        set => HasPusher = (field = value) is not null;
    }

    /// <summary>Whether there is that door. To ask does not load its assembly, which holds descriptors.</summary>
    public bool HasPusher { get; private set; }

    /// <summary>Whether its app was made here, or was made before and kept, and nobody has told it.</summary>
    public bool HasMadePusherApp { get; private set; }

    /// <summary>The Ably door, section <c>Kodama:Ably</c> of the configuration; null for none.</summary>
    public AblyOptions? Ably
    {
        get;
        set => HasAbly = (field = value) is not null;
    }

    /// <summary>Whether there is that door. To ask does not load its assembly.</summary>
    public bool HasAbly { get; private set; }

    /// <summary>Whether its key was made here, or was made before and kept, and nobody has told it.</summary>
    public bool HasMadeAblyKey { get; private set; }

    /// <summary>Whether web pages of localhost may use the hub, at any port; <c>Kodama:Dev</c> in the configuration. Default
    /// false.</summary>
    public bool Dev { get; set; }

    /// <summary>
    /// The folder in which the rooms are kept, so that they outlive the process; <c>Kodama:Data</c> in the configuration. Null: in memory
    /// alone.
    /// </summary>
    public string? Data { get; set; }

    /// <summary>Whether the hub speaks https with an authority of its own, beside plain http; <c>Kodama:Https</c> in the configuration.
    /// Default false.</summary>
    public bool Https { get; set; }

    /// <summary>Whether nobody comes in without a token of his own, or the hub's; <c>Kodama:Tokens</c> in the configuration. Default
    /// false.</summary>
    public bool Tokens { get; set; }

    /// <summary>That authority, once it is open.</summary>
    public HubAuthority? Authority { get; set; }

    /// <summary>Most bytes of the file in that folder; <c>Kodama:MaxDataBytes</c> in the configuration. Null: the engine's
    /// default.</summary>
    public long? MaxDataBytes { get; set; }

    /// <summary>
    /// The Redis over which hubs share their rooms; <c>Kodama:Redis</c> in the configuration. Null: this hub has its rooms alone.
    /// </summary>
    public string? Redis { get; set; }

    /// <summary>With what the keys of this cluster begin there; <c>Kodama:RedisPrefix</c> in the configuration. Null: the engine's
    /// default.</summary>
    public string? RedisPrefix { get; set; }

    /// <summary>Most rooms of all hubs there; <c>Kodama:MaxRedisRooms</c> in the configuration. Null: the engine's default.</summary>
    public int? MaxRedisRooms { get; set; }

    /// <summary>How many bytes Redis may take before rooms that are not used go; <c>Kodama:MaxRedisBytes</c> in the configuration. Null:
    /// as its <c>maxmemory</c> is.</summary>
    public long? MaxRedisBytes { get; set; }

    /// <summary>An option as whoever gave it knows it: <c>--token</c>, or <c>Kodama:Token</c>.</summary>
    public string NameOf(string key) => Typed.GetValueOrDefault(key) ?? $"{KodamaOptions.Section}:{key}";

    /// <summary>What is wrong with an option, by that name, where the text begins with its name in programs.</summary>
    public string Named(string message)
    {
        var name = message.Split(' ')[0];
        var key = name.Replace('.', ':');
        return Typed.ContainsKey(key) || Section?.GetSection(key).Exists() == true ? NameOf(key) + message[name.Length..] : message;
    }

    /// <summary>An app, where the Pusher door has none: kept with the rooms, or until the process ends.</summary>
    public void MakePusherApp()
    {
        if (Pusher is not { Apps.Count: 0 }) return;
        Pusher.Apps.Add(string.IsNullOrWhiteSpace(Data)
            ? PusherApp.Create()
            : SecretFile.ReadOrMake(Data, "pusher-app", "app of Pusher's", PusherApp.Parse, PusherApp.Create,
                static app => $"{app.Id}:{app.Key}:{app.Secret}"));
        HasMadePusherApp = true;
    }

    /// <summary>A key, where the Ably door has none: kept with the rooms, or until the process ends.</summary>
    public void MakeAblyKey()
    {
        if (Ably is not { Keys.Count: 0 }) return;
        Ably.Keys.Add(string.IsNullOrWhiteSpace(Data)
            ? AblyKey.Create()
            : SecretFile.ReadOrMake(Data, "ably-key", "key of Ably's", AblyKey.Parse, AblyKey.Create, static key => key.Key));
        HasMadeAblyKey = true;
    }

    /// <summary>One that cannot be guessed, and ends with the process.</summary>
    public void MakeAdminToken()
    {
        Hub.AdminToken = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(AdminTokenBytes));
        HasMadeAdminToken = true;
    }
}

/// <summary>Where to listen.</summary>
internal sealed class ListenOptions
{
    /// <summary>Address of this machine: an IP address, <c>0.0.0.0</c> for all, <c>localhost</c>. Default <c>0.0.0.0</c>.</summary>
    public string Host { get; set; } = "0.0.0.0";

    /// <summary>TCP port, 0 to 65535; 0 takes a free one. Default 8080.</summary>
    public int Port { get; set; } = 8080;

    public TlsOptions Tls { get; } = new();
}

/// <summary>The certificate of an https hub.</summary>
internal sealed class TlsOptions
{
    /// <summary>File in PEM or PKCS#12 (.pfx). Null: plain http.</summary>
    public string? Certificate { get; set; }

    /// <summary>File of the private key in PEM, where the certificate's file does not hold it.</summary>
    public string? Key { get; set; }

    /// <summary>Of the key or the PKCS#12 file.</summary>
    public string? Password { get; set; }
}
