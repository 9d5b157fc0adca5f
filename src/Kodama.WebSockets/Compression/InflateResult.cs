namespace Kodama.WebSockets;

/// <summary>How a step of inflating a message ended.</summary>
internal enum InflateResult : byte
{
    /// <summary>The whole message is inflated.</summary>
    Done,

    /// <summary>The message is larger than allowed; no more of it was inflated.</summary>
    TooBig,

    /// <summary>The step has done its work; the message goes on.</summary>
    Paused,

    /// <summary>The message takes work that no compressor's output would: codes for hardly any data, again and again.</summary>
    Wasteful,

    /// <summary>The input is not DEFLATE data, not all of it, or refers further back than was agreed.</summary>
    Invalid,
}
