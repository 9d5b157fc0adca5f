namespace Kodama.Client;

/// <summary>What a hub knows a client by, over its connections and, if the program keeps it, over its runs.</summary>
/// <param name="Id">What others see as the author.</param>
/// <param name="Secret">Whoever has it takes the session over: keep it as a password is kept.</param>
public sealed record HubSession(string Id, string Secret)
{
    /// <summary>The id alone: this may end in a log.</summary>
    public override string ToString() => Id;
}
