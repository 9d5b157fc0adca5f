namespace Kodama.SocketIO;

/// <summary>The one argument of an event, if it is a string or a placeholder. Start and length are those of the string's inside in the
/// arguments.</summary>
internal readonly record struct SoleArgument(SoleArgumentKind Kind, int Start = 0, int Length = 0, int Number = 0);

internal enum SoleArgumentKind : byte
{
    None,
    String,
    EscapedString,
    Placeholder,
}
