using System.Collections.Frozen;

namespace Kodama.Pusher;

/// <summary>The apps, by key and by id, and one wire format for all with the same prefix.</summary>
internal sealed class AppTable
{
    private readonly FrozenDictionary<string, App> byKey;
    private readonly FrozenDictionary<string, App> byId;

    public AppTable(PusherOptions options)
    {
        var encoders = options.Apps.Select(static app => app.Prefix).Distinct(StringComparer.Ordinal)
            .ToDictionary(static prefix => prefix, prefix => new PusherEncoder(prefix.Length, Presence), StringComparer.Ordinal);
        All = [.. options.Apps.Select(app => new App(app, encoders[app.Prefix]))];
        byKey = All.ToFrozenDictionary(static app => app.Key, StringComparer.Ordinal);
        byId = All.ToFrozenDictionary(static app => app.Id, StringComparer.Ordinal);
        // For a client of no app, which is told so and gets nothing else.
        Nobody = new PusherEncoder(0, Presence);
    }

    public App[] All { get; }

    /// <summary>Who is in the presence channels.</summary>
    public PresenceTable Presence { get; } = new();

    public PusherEncoder Nobody { get; }

    public App? WithKey(string key) => byKey.GetValueOrDefault(key);

    public App? WithId(string id) => byId.GetValueOrDefault(id);
}
