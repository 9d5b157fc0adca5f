namespace Kodama;

public sealed partial class HubRules
{
    /// <summary>
    /// Each peer may send so many messages in such a time; what is more is dropped. Changes of presence and state count too. A token bucket
    /// (<see cref="System.Threading.RateLimiting.TokenBucketRateLimiter"/>): tokens come back evenly, not all at once.
    /// Messages over HTTP, whose senders live for one request, are counted by their address.
    /// </summary>
    /// <param name="messages">Messages, at least 1.</param>
    /// <param name="per">In this time.</param>
    /// <param name="burst">Most messages at once, after a silence. Default: <paramref name="messages"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">A value is not positive, or the rate is above ten million a second.</exception>
    public HubRules RateLimit(int messages, TimeSpan per, int? burst = null) => Add(new RateLimit(messages, per, burst ?? messages));

    /// <summary>
    /// Drops larger messages, values of the state and members' data. Binary arguments of an event count as binary, all together, and the
    /// rest of the arguments as text.
    /// </summary>
    /// <param name="text">Most bytes (UTF-8) of text.</param>
    /// <param name="binary">Most bytes of binary data. Default: as for text.</param>
    public HubRules MaxMessageSize(int text, int? binary = null) => Add(new MessageSize(text, binary ?? text));

    /// <summary>
    /// Drops messages that contain one of these words, or replaces the words by asterisks: in texts, and in every string within an event's
    /// arguments. Case does not count. Words of scripts that put spaces between them match only as whole words; others, such as Japanese,
    /// anywhere. A courtesy, not a defence: who wants to be rude finds a spelling.
    /// </summary>
    public HubRules BanWords(IEnumerable<string> words, BannedWordAction action = BannedWordAction.Drop) =>
        Add(new BannedWords(words, action));

    /// <summary>
    /// Drops what is not one JSON object with these fields, whatever their values: the text, or the first argument of an event. At most 64
    /// fields; objects and arrays may be nested 32 deep. Changes of presence and state pass.
    /// </summary>
    public HubRules RequireJson(params IEnumerable<string> fields) => Add(new RequiredJson(fields));

    /// <summary>Drops binary messages and values of the state, and events with binary arguments.</summary>
    public HubRules TextOnly() =>
        Add(new PayloadKindFilter(static p => p.Kind != PayloadKind.Binary && p.Attachments.Count == 0, "Only text is allowed here."));

    /// <summary>Drops all but binary messages and values of the state; members' data passes.</summary>
    public HubRules BinaryOnly() =>
        Add(new PayloadKindFilter(static p => p.Kind == PayloadKind.Binary, "Only binary messages are allowed here."));
}
