namespace Kodama.Ably;

/// <summary>Of which channels a capability speaks: a name by segments, where <c>*</c> is any one, and at the end any number of
/// them.</summary>
internal sealed class Resource
{
    private const string AnyQualifier = "[*]";

    private readonly string qualifier;
    private readonly string[] segments;

    private Resource(string name, string qualifier, string[] segments) => (Name, this.qualifier, this.segments) = (name, qualifier,
        segments);

    public string Name { get; }

    public static Resource Parse(string name)
    {
        var end = name.StartsWith('[') ? name.IndexOf(']', StringComparison.Ordinal) + 1 : 0;
        return new Resource(name, name[..end], name[end..].Split(':'));
    }

    /// <summary>Whether it speaks of all that another speaks of, or of a channel of this name.</summary>
    public bool Covers(Resource other)
    {
        if (qualifier != AnyQualifier && qualifier != other.qualifier) return false;
        for (var i = 0; i < segments.Length; i++)
        {
            if (i >= other.segments.Length) return false;
            var isLast = i == segments.Length - 1;
            if (segments[i] == "*" && isLast) return true;
            // One of any number is more than any one.
            var isMany = other.segments[i] == "*" && i == other.segments.Length - 1;
            if (segments[i] == "*" ? isMany : segments[i] != other.segments[i]) return false;
        }
        return segments.Length == other.segments.Length;
    }
}
