namespace Kodama.SocketIO;

/// <summary>What the receivers of a broadcast have answered.</summary>
/// <param name="Answers">The answers that came, in the order in which they did.</param>
/// <param name="Expected">How many sockets were asked.</param>
public sealed record BroadcastAcks<T>(IReadOnlyList<T?> Answers, int Expected)
{
    /// <summary>Whether all have answered; if not, the others ended or took too long.</summary>
    public bool IsComplete => Answers.Count == Expected;
}
