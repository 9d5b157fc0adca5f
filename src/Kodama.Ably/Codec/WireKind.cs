namespace Kodama.Ably;

/// <summary>What a value of a document is.</summary>
internal enum WireKind : byte
{
    /// <summary>There is none, or it is null.</summary>
    None,

    False,

    True,

    Integer,

    Float,

    Text,

    /// <summary>A text of JSON with escapes in it.</summary>
    EscapedText,

    Bytes,

    Array,

    Map,
}
