namespace Kodama.WebSockets;

/// <summary>What a message holds (RFC 6455 section 5.6).</summary>
public enum MessageType : byte
{
    /// <summary>UTF-8, checked.</summary>
    Text,

    /// <summary>Any bytes.</summary>
    Binary,
}
