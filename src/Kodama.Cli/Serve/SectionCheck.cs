using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Runtime.CompilerServices;
using Kodama.Ably;
using Kodama.Pusher;
using Kodama.Server;
using Microsoft.Extensions.Configuration;

namespace Kodama.Cli.Serve;

/// <summary>What the binder passes over, or says in words of .NET's: keys that nothing reads, and values that their option cannot
/// have.</summary>
internal static class SectionCheck
{
    // These are code.
    private static readonly string[] NotBound = [nameof(KodamaOptions.Authenticators), nameof(KodamaOptions.Rules)];

    /// <summary>The paths of keys of section Kodama that nothing reads, such as <c>Kodama:MaxPears</c>.</summary>
    /// <exception cref="InvalidDataException">A value has not the form of its option.</exception>
    public static IEnumerable<string> UnknownKeys(IConfigurationSection section) =>
    [
        .. Beyond(section,
        [
            .. KindsOf(typeof(KodamaOptions)).Where(kind => !NotBound.Contains(kind.Key)), .. KindsOf(typeof(ListenOptions)),
            new(nameof(ServeOptions.Dev), typeof(bool)), new(nameof(ServeOptions.Https), typeof(bool)),
            new(nameof(ServeOptions.Tokens), typeof(bool)), new(nameof(ServeOptions.Data), typeof(string)),
            new(nameof(ServeOptions.Redis), typeof(string)), new(nameof(ServeOptions.RedisPrefix), typeof(string)),
            new(nameof(ServeOptions.MaxRedisRooms), typeof(int)), new(nameof(ServeOptions.MaxRedisBytes), typeof(long)),
            new(nameof(ServeOptions.MaxDataBytes), typeof(long)),
            new(nameof(ServeOptions.SocketIO), typeof(object)), new(nameof(ServeOptions.Pusher), typeof(object)),
            new(nameof(ServeOptions.Ably), typeof(object)),
        ]),
        .. Beyond(AsSection(section.GetSection(nameof(ListenOptions.Tls))), KindsOf(typeof(TlsOptions))),
        .. Beyond(AsSection(section.GetSection(nameof(KodamaOptions.Outbox))), KindsOf(typeof(OutboxOptions))),
        .. Beyond(AsSection(section.GetSection(nameof(KodamaOptions.Log))), KindsOf(typeof(LogOptions))),
        // Those of Socket.IO are looked at where they are read.
        .. OfDoor(section.GetSection(nameof(ServeOptions.SocketIO)), static _ => []),
        .. OfDoor(section.GetSection(nameof(ServeOptions.Pusher)), OfPusher),
        .. OfDoor(section.GetSection(nameof(ServeOptions.Ably)), OfAbly),
        .. AsSection(section.GetSection(nameof(KodamaOptions.Rooms))).GetChildren().SelectMany(room => (IEnumerable<string>)
        [
            .. Beyond(AsSection(room), KindsOf(typeof(RoomOptions))),
            .. Beyond(AsSection(room.GetSection(nameof(RoomOptions.Log))), KindsOf(typeof(RoomLogOptions))),
        ]),
    ];

    /// <summary>The same, if it can be one.</summary>
    /// <exception cref="InvalidDataException">It is a text.</exception>
    public static IConfigurationSection AsSection(IConfigurationSection section) =>
        string.IsNullOrEmpty(section.Value) ? section : throw Wrong(section, "a text", "a section with options, in braces");

    private static IEnumerable<string> OfDoor(IConfigurationSection section, Func<IConfigurationSection, IEnumerable<string>> ofOptions)
    {
        if (section.Value is { } text && !bool.TryParse(text, out _))
            throw Wrong(section, text.Length == 0 ? "empty" : "a text", "true, false, or a section with its options");
        return section.GetChildren().Any() ? ofOptions(section) : [];
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static IEnumerable<string> OfPusher(IConfigurationSection section)
    {
        var apps = List(section.GetSection(nameof(PusherOptions.Apps)));
        return
        [
            .. Beyond(section, KindsOf(typeof(PusherOptions)).Where(kind => kind.Key != nameof(PusherOptions.OtherDoors))),
            // One as on the command line is looked at where it is read.
            .. apps.Where(app => app.Value is null).SelectMany(app => Beyond(app, KindsOf(typeof(PusherApp)))),
            .. apps.SelectMany(app => List(app.GetSection(nameof(PusherApp.Webhooks))))
                .SelectMany(webhook => Beyond(AsSection(webhook), KindsOf(typeof(PusherWebhook)))),
        ];
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static IEnumerable<string> OfAbly(IConfigurationSection section) =>
    [
        .. Beyond(section, KindsOf(typeof(AblyOptions))),
        .. List(section.GetSection(nameof(AblyOptions.Keys))).Where(key => key.Value is null)
            .SelectMany(key => Beyond(key, KindsOf(typeof(AblyKey)))),
    ];

    private static List<string> Beyond(IConfigurationSection section, IEnumerable<KeyValuePair<string, Type>> kinds)
    {
        var known = new Dictionary<string, Type>(kinds, StringComparer.OrdinalIgnoreCase);
        var unknown = new List<string>();
        foreach (var child in section.GetChildren())
        {
            if (known.TryGetValue(child.Key, out var kind)) Check(child, Nullable.GetUnderlyingType(kind) ?? kind);
            else unknown.Add(child.Path);
        }
        return unknown;
    }

    private static void Check(IConfigurationSection value, Type kind)
    {
        // Null is as if it were left out.
        if (value.Value is null && !value.GetChildren().Any()) return;
        if (kind == typeof(IList<string>)) Each(List(value));
        else if (kind == typeof(IDictionary<string, string>)) Each(Named(value));
        else if (!Fits(value.Value, kind, out var right)) throw Wrong(value, Shown(value.Value), right);
    }

    private static void Each(List<IConfigurationSection> values)
    {
        foreach (var value in values) Check(value, typeof(string));
    }

    // Other kinds are sections, which are looked at by themselves.
    private static bool Fits(string? text, Type kind, out string right)
    {
        var culture = CultureInfo.InvariantCulture;
        (var fits, right) =
            kind == typeof(string) || kind == typeof(Uri) ? (text is not null, "a text")
            : kind == typeof(bool) ? (bool.TryParse(text, out _), "true or false")
            : kind == typeof(int) ? (int.TryParse(text, culture, out _), $"a whole number of at most {int.MaxValue}, in digits")
            : kind == typeof(long) ? (long.TryParse(text, culture, out _), $"a whole number of at most {long.MaxValue}, in digits")
            : kind == typeof(TimeSpan) ? (TimeSpan.TryParse(text, culture, out _), "a time as hh:mm:ss, such as 00:00:20 for 20 seconds")
            : kind == typeof(SlowPeerPolicy)
                ? (IsOneOf(text, Enum.GetNames<SlowPeerPolicy>()), string.Join(" or ", Enum.GetNames<SlowPeerPolicy>()))
            : (true, "");
        return fits;
    }

    private static bool IsOneOf(string? text, string[] names) => names.Contains(text, StringComparer.OrdinalIgnoreCase);

    private static List<IConfigurationSection> List(IConfigurationSection section) => string.IsNullOrEmpty(section.Value)
        ? [.. section.GetChildren()]
        : throw Wrong(section, "a text", "a list, in brackets; in the environment its values have keys that end with __0, __1 and so on");

    private static List<IConfigurationSection> Named(IConfigurationSection section)
    {
        var children = section.GetChildren().ToList();
        // A list has its places for names.
        var isList = children is [{ Key: "0" }, ..];
        return string.IsNullOrEmpty(section.Value) && !isList
            ? children
            : throw Wrong(
                section, isList ? "a list" : "a text", "names with their values, in braces, such as { \"floor\": \"2\" }");
    }

    private static string Shown(string? text) => text switch { null => "no text", "" => "empty", _ => $"\"{text}\"" };

    // A text where none belongs may be a secret, and is not shown.
    private static InvalidDataException Wrong(IConfigurationSection value, string wrong, string right) =>
        new($"{value.Path} is {wrong}; it must be {right}.");

    private static IEnumerable<KeyValuePair<string, Type>> KindsOf(
        [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicProperties)] Type options) =>
        options.GetProperties().Select(property => KeyValuePair.Create(property.Name, property.PropertyType));
}
