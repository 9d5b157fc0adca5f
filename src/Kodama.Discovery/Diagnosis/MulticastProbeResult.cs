using System.Net;

namespace Kodama.Discovery;

/// <summary>What a <see cref="MulticastProbe"/> has seen of an interface.</summary>
/// <param name="ComesBack">Whether the question was heard by this machine itself. If not, the system or a firewall on it stops
/// multicast.</param>
/// <param name="AnswersHere">Whether another program of this machine answers, such as its own responder (avahi, Bonjour) or a hub.</param>
/// <param name="Others">Addresses of other machines that were heard on port 5353 meanwhile, at most 256.</param>
/// <param name="Failure">Why no question could be sent or nothing heard, in the system's words; null if both went.</param>
public sealed record MulticastProbeResult(bool ComesBack, bool AnswersHere, IReadOnlyList<IPAddress> Others, string? Failure);
