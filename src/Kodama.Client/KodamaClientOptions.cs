namespace Kodama.Client;

/// <summary>What a client is to be. Read once, when it is made.</summary>
public sealed class KodamaClientOptions : KodamaConnectionOptions
{
    /// <summary>The room to join, 1 to 255 characters. Null: that of the address, or the hub's default.</summary>
    public string? Room { get; set; }

    /// <summary>Whether messages wait for a connection where there is none at the moment. Default false: sending throws <see
    /// cref="NotConnectedException"/>.</summary>
    public bool WaitForConnection { get; set; }

    /// <summary>How many messages wait to be read, 1 or more. Default 1,024.</summary>
    public int MessageCapacity { get; set; } = 1024;

    /// <summary>What happens to one more. Default <see cref="FullMode.Wait"/>.</summary>
    public FullMode FullMode { get; set; }

    /// <summary>Largest message in bytes, 1 or more; a larger one ends the client with close code 1009. Default 1 MiB.</summary>
    public override int MaxMessageSize { get; set; } = 1024 * 1024;
}
