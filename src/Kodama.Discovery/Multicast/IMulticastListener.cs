namespace Kodama.Discovery;

/// <summary>What hears of links and their packets. Called from any thread, also by several at once.</summary>
internal interface IMulticastListener
{
    void LinkUp(IMulticastLink link);

    /// <summary>It has other addresses.</summary>
    void LinkChanged(IMulticastLink link);

    /// <summary>Nothing more can be sent by it.</summary>
    void LinkDown(IMulticastLink link);

    /// <summary>The machine has slept: what others know of it, and it of them, may be out of date.</summary>
    void Resumed();

    void Received(IMulticastLink link, MulticastPacket packet);

    void Failed(DiscoveryError error);
}
