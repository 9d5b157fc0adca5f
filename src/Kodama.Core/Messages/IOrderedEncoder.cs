namespace Kodama;

/// <summary>A format whose frames tell their place in an order (docs/decisions/0011): they get it under its lock, and are handed out before
/// it is released.</summary>
/// <remarks>Of messages in a room its <see cref="RoomGroup"/> sees to that; this is for those outside.</remarks>
internal interface IOrderedEncoder : IMessageEncoder
{
    /// <summary>The lock of the order.</summary>
    Lock Gate { get; }

    /// <summary>Writes into a frame of this format that it comes behind all that has been handed out.</summary>
    void Place_NeedsLock(in Message message, in Frame frame);
}
