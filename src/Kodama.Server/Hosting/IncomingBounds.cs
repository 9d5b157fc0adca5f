using Kodama.WebSockets;

namespace Kodama.Server;

/// <summary>The bounds of what clients send, by whichever door: one budget for all of it, and one deadline for each message or
/// body.</summary>
internal sealed class IncomingBounds(KodamaOptions options, TimeProvider time)
{
    /// <summary>What is held of messages and bodies that are not whole yet, or are being handled.</summary>
    public AddressBudget Budget { get; } =
        new(options.MaxIncomingBytes, options.MaxIncomingBytesPerAddress ?? options.MaxIncomingBytes / 4);

    /// <summary>From the first byte of a message or body to its last; zero for any time.</summary>
    public TimeSpan Timeout { get; } = options.MessageTimeout;

    public TimeProvider Time { get; } = time;

    /// <summary>For the readers of a door's WebSockets.</summary>
    public MessageReaderOptions Reader(int maxMessageSize) =>
        new() { MaxMessageSize = maxMessageSize, MaxFragments = options.MaxFragments, Budget = Budget };

    /// <summary>For a door's WebSockets, which keep alive by pings of RFC 6455 or in a way of the door's own.</summary>
    public ConnectionOptions Connection(bool pings = true) => new()
    {
        PingInterval = pings ? options.PingInterval : TimeSpan.Zero,
        PongTimeout = options.PongTimeout,
        CloseTimeout = options.CloseTimeout,
        MessageTimeout = Timeout,
    };
}
