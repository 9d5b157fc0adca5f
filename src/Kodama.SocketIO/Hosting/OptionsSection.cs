using System.Globalization;
using System.IO.Compression;
using Kodama.WebSockets;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;

namespace Kodama.SocketIO;

/// <summary>Options out of a section of the configuration. Whatever it has must be an option, and in its range: what is mistyped would else
/// silently do nothing.</summary>
internal static class OptionsSection
{
    private static readonly Keys<CorsOptions> Cors = new()
    {
        ["Origin"] = (o, value) => _ = value.Value is { } origin ? o.WithOrigin(origin) : o.WithOrigins(List(value)),
        ["Credentials"] = (o, value) => o.Credentials = Flag(value),
        ["Methods"] = (o, value) => Replace(o.Methods, value),
        ["AllowedHeaders"] = (o, value) => Replace(o.AllowedHeaders, value),
        ["ExposedHeaders"] = (o, value) => Replace(o.ExposedHeaders, value),
        ["MaxAge"] = (o, value) => o.MaxAge = Time(value),
    };

    private static readonly Keys<SessionCookie> Cookie = new()
    {
        ["Name"] = (o, value) => o.Name = Text(value),
        ["Path"] = (o, value) => o.Path = Text(value),
        ["Domain"] = (o, value) => o.Domain = Text(value),
        ["MaxAge"] = (o, value) => o.MaxAge = Time(value),
        ["HttpOnly"] = (o, value) => o.HttpOnly = Flag(value),
        ["Secure"] = (o, value) => o.Secure = Flag(value),
        ["SameSite"] = (o, value) => o.SameSite = OneOf<SameSiteMode>(value),
    };

    private static readonly Keys<RecoveryOptions> Recovery = new()
    {
        ["MaxDisconnectionDuration"] = (o, value) => o.MaxDisconnectionDuration = Time(value),
        ["SkipMiddlewares"] = (o, value) => o.SkipMiddlewares = Flag(value),
        ["MaxBytes"] = (o, value) => o.MaxBytes = Whole(value),
        ["MaxSessions"] = (o, value) => o.MaxSessions = Whole(value),
    };

    private static readonly Keys<DeflateSection> Deflate = new()
    {
        ["Threshold"] = (o, value) => o.Threshold = Whole(value),
        ["Level"] = (o, value) => o.Level = OneOf<CompressionLevel>(value),
        ["PeerContextTakeover"] = (o, value) => o.PeerContextTakeover = Flag(value),
    };

    private static readonly Keys<EngineOptions> Engine = new()
    {
        ["Path"] = (o, value) => o.Path = Text(value),
        ["AddTrailingSlash"] = (o, value) => o.AddTrailingSlash = Flag(value),
        ["Polling"] = (o, value) => o.Polling = Flag(value),
        ["WebSockets"] = (o, value) => o.WebSockets = Flag(value),
        ["AllowUpgrades"] = (o, value) => o.AllowUpgrades = Flag(value),
        ["PingInterval"] = (o, value) => o.PingInterval = Time(value),
        ["PingTimeout"] = (o, value) => o.PingTimeout = Time(value),
        ["UpgradeTimeout"] = (o, value) => o.UpgradeTimeout = Time(value),
        ["MaxHttpBufferSize"] = (o, value) => o.MaxHttpBufferSize = Whole(value),
        ["AllowEIO3"] = (o, value) => o.AllowEIO3 = Flag(value),
        ["HttpCompression"] = (o, value) => o.HttpCompression = Flag(value),
        ["PerMessageDeflate"] = (o, value) => o.PerMessageDeflate = Part<DeflateSection>(value, null, Deflate)?.Options,
        ["InitialPacket"] = (o, value) => o.InitialPacket = Text(value),
        ["Cors"] = (o, value) => Cors.Bind(value, o.Cors),
        ["Cookie"] = (o, value) => o.Cookie = Part(value, o.Cookie, Cookie),
        ["ServeClient"] = (o, value) => o.ServeClient = Flag(value),
        ["MaxSessions"] = (o, value) => o.MaxSessions = Whole(value),
        ["MaxSessionsPerAddress"] = (o, value) => o.MaxSessionsPerAddress = Whole(value),
        ["KeepHeaders"] = (o, value) => o.KeepHeaders = Flag(value),
    };

    private static readonly Keys<SocketIOOptions> SocketIO = new(Engine)
    {
        ["ConnectTimeout"] = (o, value) => o.ConnectTimeout = Time(value),
        ["MaxAttachments"] = (o, value) => o.MaxAttachments = Whole(value),
        ["Parser"] = (o, value) => o.Parser = OneOf<SocketIOParser>(value),
        ["ConnectionStateRecovery"] = (o, value) => o.ConnectionStateRecovery = Part(value, o.ConnectionStateRecovery, Recovery),
        ["AckTimeout"] = (o, value) => o.AckTimeout = Time(value),
        ["MaxPendingAcks"] = (o, value) => o.MaxPendingAcks = Whole(value),
        ["MaxPendingEvents"] = (o, value) => o.MaxPendingEvents = Whole(value),
        ["MaxNamespacesPerConnection"] = (o, value) => o.MaxNamespacesPerConnection = Whole(value),
        ["AnyNamespace"] = (o, value) => o.AnyNamespace = Flag(value),
        ["Relay"] = (o, value) => o.Relay = Flag(value),
        ["SharesRooms"] = (o, value) => o.SharesRooms = Flag(value),
    };

    /// <summary>Sets what the section has.</summary>
    /// <exception cref="ArgumentException">It has a key that is no option, or a value that its option cannot have.</exception>
    public static void Bind(IConfiguration section, EngineOptions options)
    {
        if (options is SocketIOOptions socketIO) SocketIO.Bind(section, socketIO);
        else Engine.Bind(section, options);
        try
        {
            options.Validate();
        }
        catch (ArgumentException exception)
        {
            // It begins with the option's name.
            var path = section is IConfigurationSection named ? named.Path + ":" : "";
            throw new ArgumentException(path + exception.Message, exception);
        }
    }

    private static string Text(IConfigurationSection value) => value.Value ?? throw Wrong(value, "a text");

    private static bool Flag(IConfigurationSection value) =>
        bool.TryParse(value.Value, out var flag) ? flag : throw Wrong(value, "true or false");

    private static int Whole(IConfigurationSection value) =>
        int.TryParse(value.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw Wrong(value, $"a whole number of at most {int.MaxValue}, in digits");

    // Without a colon the platform reads days.
    private static TimeSpan Time(IConfigurationSection value) =>
        value.Value?.Contains(':', StringComparison.Ordinal) == true
            && TimeSpan.TryParse(value.Value, CultureInfo.InvariantCulture, out var time)
            ? time
            : throw Wrong(value, "a time as hh:mm:ss, such as 00:00:20 for 20 seconds");

    private static T OneOf<T>(IConfigurationSection value)
        where T : struct, Enum =>
        Enum.TryParse<T>(value.Value, ignoreCase: true, out var one) && Enum.IsDefined(one) && !char.IsAsciiDigit(value.Value![0])
            ? one
            : throw Wrong(value, $"one of {string.Join(", ", Enum.GetNames<T>())}");

    private static string[] List(IConfigurationSection value) =>
        value.Value is { } only ? [only] : [.. value.GetChildren().Select(Text)];

    private static void Replace(IList<string> list, IConfigurationSection value)
    {
        var given = List(value);
        list.Clear();
        foreach (var one in given) list.Add(one);
    }

    /// <summary>Options of their own section, or true for their defaults, or false for none.</summary>
    private static T? Part<T>(IConfigurationSection value, T? options, Keys<T> keys)
        where T : class, new()
    {
        if (value.Value is not null) return Flag(value) ? options ?? new T() : null;
        // Null and {} are the same there, and mean opposites.
        if (!value.GetChildren().Any()) throw Wrong(value, "true, false, or a section with some of its options");
        options ??= new T();
        keys.Bind(value, options);
        return options;
    }

    private static ArgumentException Wrong(IConfigurationSection value, string right)
    {
        var wrong = value.Value is { } text ? $"\"{text}\"" : value.GetChildren().Any() ? "a section" : "empty";
        return new ArgumentException($"{value.Path} is {wrong}; it must be {right}.");
    }

    // The options themselves are set once.
    private sealed class DeflateSection
    {
        private static readonly PerMessageDeflateOptions Default = new();

        public int Threshold { get; set; } = Default.Threshold;

        public CompressionLevel Level { get; set; } = Default.Level;

        public bool PeerContextTakeover { get; set; }

        public PerMessageDeflateOptions Options =>
            new() { Threshold = Threshold, Level = Level, PeerContextTakeover = PeerContextTakeover };
    }

    private sealed class Keys<T>() : Dictionary<string, Action<T, IConfigurationSection>>(StringComparer.OrdinalIgnoreCase)
    {
        public Keys(Keys<EngineOptions> common)
            : this()
        {
            foreach (var (key, set) in common) this[key] = (options, value) => set((EngineOptions)(object)options!, value);
        }

        public void Bind(IConfiguration section, T options)
        {
            foreach (var child in section.GetChildren())
            {
                if (!TryGetValue(child.Key, out var set))
                    throw new ArgumentException($"{child.Path} is no option: there are {string.Join(", ", Keys)}.");
                set(options, child);
            }
        }
    }
}
