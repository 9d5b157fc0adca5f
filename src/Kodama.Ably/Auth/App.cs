using System.Collections.Concurrent;

namespace Kodama.Ably;

/// <summary>What keys have in common: the part before the point.</summary>
internal sealed class App(string id, string prefix, TimeProvider time)
{
    /// <summary>Its id.</summary>
    public string Id => id;

    /// <summary>What stands before a channel's name in that of its room: nothing, but of apps for tests.</summary>
    public string Prefix => prefix;

    public ConcurrentDictionary<string, ApiKey> Keys { get; } = new(StringComparer.Ordinal);

    public Revocations Revocations { get; } = new(time);

    /// <summary>How its clients get what happens, by format: one object each for all who read the same.</summary>
    public required IReadOnlyList<IMessageEncoder> Encoders { get; init; }

    public string RoomOf(string channel) => prefix.Length == 0 ? channel : prefix + channel;

    public ApiKey Add(string name, string secret, Capability capability, bool isRevocable) =>
        Keys[name] = new ApiKey(this, name, secret, capability, isRevocable);
}
