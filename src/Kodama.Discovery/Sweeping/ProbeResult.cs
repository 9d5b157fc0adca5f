namespace Kodama.Discovery;

/// <summary>What came of asking one address.</summary>
/// <param name="Answer">The hub's answer, if it is one.</param>
/// <param name="IsTls">It speaks TLS.</param>
/// <param name="IsExhausted">This machine had no socket left: nothing is known of the address.</param>
internal readonly record struct ProbeResult(HubAnswer? Answer, bool IsTls = false, bool IsExhausted = false)
{
    public static ProbeResult NoHub => default;

    public static ProbeResult Tls => new(null, IsTls: true);

    public static ProbeResult Exhausted => new(null, IsExhausted: true);
}
