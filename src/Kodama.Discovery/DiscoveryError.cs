namespace Kodama.Discovery;

/// <summary>Something went wrong that discovery survives: an interface that cannot be used, a packet that cannot be sent.</summary>
/// <param name="Message">What, where, and what is done about it, for people.</param>
/// <param name="Exception">What the system said.</param>
public sealed record DiscoveryError(string Message, Exception Exception);
