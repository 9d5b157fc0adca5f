using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using Kodama.Ably;
using Kodama.Pusher;
using Kodama.Server;
using Microsoft.Extensions.Configuration;

namespace Kodama.Cli.Serve;

/// <summary>Keys of a configuration section that nothing reads: a mistyped option would else be one that silently does nothing.</summary>
internal static class UnknownKeys
{
    // These are code.
    private static readonly string[] NotBound = [nameof(KodamaOptions.Authenticators), nameof(KodamaOptions.Rules)];

    /// <summary>Their paths, such as <c>Kodama:MaxPears</c>.</summary>
    public static IEnumerable<string> Of(IConfigurationSection section) =>
    [
        .. Beyond(section, [.. NamesOf(typeof(KodamaOptions)).Except(NotBound), .. NamesOf(typeof(ListenOptions)),
            nameof(ServeOptions.SocketIO), nameof(ServeOptions.Pusher), nameof(ServeOptions.Ably), nameof(ServeOptions.Dev),
            nameof(ServeOptions.Https), nameof(ServeOptions.Tokens), nameof(ServeOptions.Data), nameof(ServeOptions.Redis),
            nameof(ServeOptions.RedisPrefix), nameof(ServeOptions.MaxRedisRooms), nameof(ServeOptions.MaxRedisBytes),
            nameof(ServeOptions.MaxDataBytes)]),
        .. Beyond(section.GetSection(nameof(ListenOptions.Tls)), NamesOf(typeof(TlsOptions))),
        .. Beyond(section.GetSection(nameof(KodamaOptions.Outbox)), NamesOf(typeof(OutboxOptions))),
        .. OfPusher(section.GetSection(nameof(ServeOptions.Pusher))),
        .. OfAbly(section.GetSection(nameof(ServeOptions.Ably))),
        .. section.GetSection(nameof(KodamaOptions.Rooms)).GetChildren().SelectMany(room => Beyond(room, NamesOf(typeof(RoomOptions)))),
    ];

    private static IEnumerable<string> OfPusher(IConfigurationSection section) =>
        section.GetChildren().Any() ? OfPusherItself(section) : [];

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static IEnumerable<string> OfPusherItself(IConfigurationSection section)
    {
        var apps = section.GetSection(nameof(PusherOptions.Apps)).GetChildren().ToList();
        return
        [
            .. Beyond(section, [.. NamesOf(typeof(PusherOptions)).Except([nameof(PusherOptions.OtherDoors)])]),
            .. apps.SelectMany(app => Beyond(app, NamesOf(typeof(PusherApp)))),
            .. apps.SelectMany(app => app.GetSection(nameof(PusherApp.Webhooks)).GetChildren())
                .SelectMany(webhook => Beyond(webhook, NamesOf(typeof(PusherWebhook)))),
        ];
    }

    private static IEnumerable<string> OfAbly(IConfigurationSection section) =>
        section.GetChildren().Any() ? OfAblyItself(section) : [];

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static IEnumerable<string> OfAblyItself(IConfigurationSection section) =>
    [
        .. Beyond(section, NamesOf(typeof(AblyOptions))),
        .. section.GetSection(nameof(AblyOptions.Keys)).GetChildren().SelectMany(key => Beyond(key, NamesOf(typeof(AblyKey)))),
    ];

    private static IEnumerable<string> Beyond(IConfigurationSection section, string[] known) =>
        section.GetChildren().Where(child => !known.Contains(child.Key, StringComparer.OrdinalIgnoreCase)).Select(child => child.Path);

    private static string[] NamesOf([DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicProperties)] Type options) =>
        [.. options.GetProperties().Select(property => property.Name)];
}
