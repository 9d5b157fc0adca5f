namespace Kodama.Pusher;

/// <summary>One event on its way to a webhook.</summary>
/// <param name="At">When it happened, in milliseconds since 1970.</param>
/// <param name="Json">What is told of it: a JSON object in one line.</param>
internal sealed record WebhookEvent(long At, byte[] Json)
{
    /// <summary>What a later event takes back, or tells anew; null, where none does.</summary>
    public WebhookSubject? Subject { get; init; }

    /// <summary>How far it has come. For the queue.</summary>
    public WebhookProgress Progress { get; set; }
}

/// <summary>What an event is about.</summary>
/// <param name="Kind">Its kind.</param>
/// <param name="Contrary">The kind that takes it back; its own, where a later one says all that it says.</param>
/// <param name="Room">Where.</param>
/// <param name="User">Of whom, or null.</param>
internal readonly record struct WebhookSubject(string Kind, string Contrary, string Room, string? User = null)
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
