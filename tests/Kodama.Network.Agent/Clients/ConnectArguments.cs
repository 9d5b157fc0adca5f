using Kodama.Client;

namespace Kodama.Network.Agent.Clients;

/// <param name="To">Address or name.</param>
public sealed record ConnectArguments(string To)
{
    /// <summary>Before every attempt.</summary>
    public TimeSpan ReconnectDelay { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>In which a dead connection, or an attempt that leads nowhere, is noticed.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(2);

    internal KodamaClientOptions ToOptions()
    {
        var options = new KodamaClientOptions
        {
            Reconnect = ReconnectStrategy.Fixed(ReconnectDelay),
            KeepAliveInterval = Patience / 2,
            KeepAliveTimeout = Patience / 2,
            ConnectTimeout = Patience,
            // On a busy machine the first attempt, cold, may take longer than that.
            RetryFirst = true,
        };
        return options;
    }
}
