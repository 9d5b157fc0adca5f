using System.Collections.Frozen;

namespace Kodama.Pusher;

/// <summary>Who is told what happens in an app's channels (docs/specs/pusher.md, K1 to K6).</summary>
public sealed class PusherWebhook
{
    /// <summary>Every kind of event.</summary>
    public static readonly IReadOnlySet<string> Kinds = new[]
    {
        "channel_occupied", "channel_vacated", "cache_miss", "member_added", "member_removed", "client_event", "subscription_count",
    }.ToFrozenSet(StringComparer.Ordinal);

    /// <summary>Where events are posted to: http or https.</summary>
    public Uri? Url { get; set; }

    /// <summary>Which of <see cref="Kinds"/>. Default none, which means all of them.</summary>
    public IList<string> Events { get; } = [];

    /// <summary>Whether a request takes what waits, up to 50 events; else it takes one. Default false.</summary>
    public bool Batch { get; set; }

    internal void Validate()
    {
        if (Url is not { IsAbsoluteUri: true } || Url.Scheme is not ("http" or "https"))
            throw new ArgumentException($"Url of a Pusher webhook is \"{Url}\"; it must be an absolute http or https address.");
        foreach (var name in Events)
        {
            if (!Kinds.Contains(name))
                throw new ArgumentException($"A Pusher webhook asks for \"{name}\"; there are {string.Join(", ", Kinds.Order())}.");
        }
    }
}
