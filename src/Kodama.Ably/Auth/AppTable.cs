using System.Collections.Concurrent;

namespace Kodama.Ably;

/// <summary>The apps of the hub, by their ids.</summary>
internal sealed class AppTable
{
    private readonly ConcurrentDictionary<string, App> apps = new(StringComparer.Ordinal);
    private readonly IMessageEncoder[] encoders = [new AblyEncoder(WireFormat.Json, 0), new AblyEncoder(WireFormat.MessagePack, 0)];
    private readonly TimeProvider time;

    public AppTable(AblyOptions options, TimeProvider time)
    {
        this.time = time;
        foreach (var key in options.Keys)
        {
            var app = apps.GetOrAdd(key.App, id => new App(id, "", time) { Encoders = encoders });
            app.Add(key.Name, key.Secret, key.ReadCapability(), key.RevocableTokens);
        }
    }

    /// <summary>The format of who is let into nothing.</summary>
    public static IMessageEncoder Nobody { get; } = new AblyEncoder(WireFormat.Json, 0);

    public int Count => apps.Count;

    public IEnumerable<App> All => apps.Values;

    public App? Find(string id) => apps.GetValueOrDefault(id);

    /// <summary>The key of this name, <c>APP.KEY</c>.</summary>
    public ApiKey? FindKey(string name) =>
        name.IndexOf('.', StringComparison.Ordinal) is var point and > 0 && Find(name[..point]) is { } app
            ? app.Keys.GetValueOrDefault(name) : null;

    /// <summary>An app with rooms of its own, whose names no channel of another app can have.</summary>
    public App AddApart(string id)
    {
        var prefix = $":{id}:";
        IMessageEncoder[] own = [new AblyEncoder(WireFormat.Json, prefix.Length), new AblyEncoder(WireFormat.MessagePack, prefix.Length)];
        return apps[id] = new App(id, prefix, time) { Encoders = own };
    }

    public bool Remove(string id) => apps.TryRemove(id, out _);
}
