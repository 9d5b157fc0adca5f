namespace Kodama.Pusher;

/// <summary>One event on its way to a webhook.</summary>
/// <param name="At">When it happened, in milliseconds since 1970.</param>
/// <param name="Json">What is told of it: a JSON object in one line.</param>
internal readonly record struct WebhookEvent(long At, byte[] Json);
