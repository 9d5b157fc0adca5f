namespace Kodama.WebSockets;

/// <summary>How inflating a message ended.</summary>
internal enum InflateResult : byte
{
    /// <summary>The whole message is inflated.</summary>
    Done,

    /// <summary>The message is larger than allowed; no more of it was inflated.</summary>
    TooBig,

    /// <summary>The input is not DEFLATE data, or not all of it.</summary>
    Invalid,
}
