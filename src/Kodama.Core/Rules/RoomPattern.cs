namespace Kodama;

/// <summary>Names of rooms, in which <c>*</c> stands for any characters or none.</summary>
public sealed class RoomPattern
{
    private readonly string pattern;

    /// <summary>The names that this pattern means; case counts.</summary>
    /// <exception cref="ArgumentException">It is empty.</exception>
    public RoomPattern(string pattern)
    {
        ArgumentException.ThrowIfNullOrEmpty(pattern);
        this.pattern = pattern;
    }

    /// <summary>Whether a name is one of them.</summary>
    public bool Matches(string name)
    {
        // Where the rest does not fit, the last star takes more: that is enough.
        var (at, star, taken) = (0, -1, 0);
        for (var i = 0; i < name.Length;)
        {
            if (at < pattern.Length && pattern[at] == '*')
            {
                (star, taken) = (at++, i);
            }
            else if (at < pattern.Length && pattern[at] == name[i])
            {
                at++;
                i++;
            }
            else if (star >= 0)
            {
                (at, i) = (star + 1, ++taken);
            }
            else
            {
                return false;
            }
        }
        return pattern.AsSpan(at).TrimStart('*').IsEmpty;
    }
}
