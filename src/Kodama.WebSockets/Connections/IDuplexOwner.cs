namespace Kodama.WebSockets;

/// <summary>Who is told when a <see cref="Duplex"/> has done what it could not do at once.</summary>
public interface IDuplexOwner
{
    /// <summary>A pending <see cref="Duplex.Receive"/> has ended.</summary>
    void OnReceived(Transfer transfer);

    /// <summary>A pending <see cref="Duplex.Send"/> has ended.</summary>
    void OnSent(Transfer transfer);
}
