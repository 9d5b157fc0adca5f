using System.Runtime.CompilerServices;

namespace Kodama;

/// <summary>What a room may be called: 1 to 255 characters, no control characters.</summary>
public static class RoomName
{
    /// <summary>Longest name, in UTF-16 code units.</summary>
    public const int MaxLength = 255;

    /// <summary>The room of peers that name none.</summary>
    public const string Default = "lobby";

    /// <summary>What it takes, in words for a person.</summary>
    public const string Rule = "1 to 255 characters, none of them a control character";

    /// <summary>Whether a room can have this name.</summary>
    public static bool IsValid(string name) => name.Length is > 0 and <= MaxLength && !name.Any(char.IsControl);

    /// <summary>Throws an <see cref="ArgumentException"/> that says what a name must be.</summary>
    public static void ThrowIfInvalid(string name, [CallerArgumentExpression(nameof(name))] string? parameterName = null)
    {
        if (!IsValid(name)) throw new ArgumentException($"\"{name}\" cannot be a room's name: it takes {Rule}.", parameterName);
    }
}
