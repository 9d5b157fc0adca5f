namespace Kodama.Pusher;

/// <summary>One event on its way to a webhook.</summary>
/// <param name="at">When it happened, in milliseconds since 1970.</param>
/// <param name="json">What is told of it: a JSON object in one line.</param>
internal sealed class WebhookEvent(long at, byte[] json)
{
    public long At => at;

    public byte[] Json => json;

    /// <summary>What a later event takes back, or tells anew; null, where none does.</summary>
    public WebhookSubject? Subject { get; init; }

    /// <summary>What nobody needs to be told any more behind it; null for nothing.</summary>
    public WebhookSubject? Needless { get; init; }

    /// <summary>How far it has come. For the queue.</summary>
    public WebhookProgress Progress { get; set; }
}

/// <summary>What an event is about.</summary>
/// <param name="Kind">Its kind.</param>
/// <param name="Contrary">The kind that takes it back; its own, where a later one says all that it says.</param>
/// <param name="Room">Where.</param>
/// <param name="User">Of whom, or null.</param>
internal sealed record WebhookSubject(string Kind, string Contrary, string Room, string? User = null)
{
    /// <summary>The subject of what it takes back.</summary>
    public WebhookSubject Before => this with { Kind = Contrary, Contrary = Kind };
}

internal enum WebhookProgress : byte
{
    Waiting,

    /// <summary>It is, or was, in a request: its receiver may know it.</summary>
    Leaving,

    /// <summary>Another has made it needless before it left.</summary>
    Withdrawn,

    /// <summary>It is in the queue no more.</summary>
    Gone,
}
