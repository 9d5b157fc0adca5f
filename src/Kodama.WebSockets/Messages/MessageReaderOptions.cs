namespace Kodama.WebSockets;

/// <summary>The bounds of what a <see cref="MessageReader"/> takes. One instance serves any number of readers.</summary>
public sealed class MessageReaderOptions
{
    /// <summary>The bounds that hold where nothing else is said.</summary>
    public static MessageReaderOptions Default { get; } = new();

    /// <summary>
    /// The largest message in bytes, after inflating; 1 MiB. A larger one ends the connection with 1009, as soon as a header or the
    /// inflated data proves it.
    /// </summary>
    public int MaxMessageSize
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, LargestMaxMessageSize);
            field = value;
        }
    } = 1 << 20;

    /// <summary>The most frames in one message, empty ones counted; 1,024. More end the connection with 1009.</summary>
    public int MaxFragments
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(value);
            field = value;
        }
    } = 1024;

    /// <summary>
    /// What the readers may hold together of messages that are not whole yet, or are being handled; null, the default, for no bound. A
    /// message for which there is no room ends the connection with 1013.
    /// </summary>
    public AddressBudget? Budget { get; init; }

    /// <summary>1 GiB: what an array holds, with room to spare for the compressed form.</summary>
    private const int LargestMaxMessageSize = 1 << 30;
}
