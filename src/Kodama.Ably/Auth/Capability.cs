using System.Text;

namespace Kodama.Ably;

/// <summary>What a key or a token may do (TK2b): for channels by their names, operations (docs/specs/ably.md, A7).</summary>
internal sealed class Capability
{
    /// <summary>Most bytes of its text.</summary>
    public const int MaxSize = 8 * 1024;

    private const int MaxResources = 200;

    /// <summary>Everything, on all channels but the hub's own.</summary>
    public static readonly Capability All = Parse("""{"*":["*"]}""")!;

    private readonly Granted[] granted;

    private Capability(Granted[] granted)
    {
        this.granted = granted;
        using var writer = WireWriter.Rent(WireFormat.Json);
        writer.StartMap();
        foreach (var (resource, names, _) in granted)
        {
            writer.Name(Encoding.UTF8.GetBytes(resource.Name)).StartArray();
            foreach (var name in names) writer.Text(name);
            writer.End();
        }
        Text = Encoding.UTF8.GetString(writer.End().Written);
    }

    /// <summary>As JSON.</summary>
    public string Text { get; }

    /// <summary>Null, for what is no capability.</summary>
    public static Capability? Parse(string json)
    {
        if (json.Length > MaxSize) return null;
        return WireDocument.Read(Encoding.UTF8.GetBytes(json), WireFormat.Json) is { } document ? Read(document.Root) : null;
    }

    /// <summary>From a map, or its JSON as a text.</summary>
    public static Capability? Read(WireElement element)
    {
        if (element.IsText) return element.Text is { Length: > 0 } text && text[0] == '{' ? Parse(text) : null;
        if (!element.IsMap) return null;
        var granted = new List<Granted>();
        foreach (var (name, operations) in element.Members)
        {
            if (name.Length is 0 or > 255 || granted.Count == MaxResources || operations.Kind != WireKind.Array) return null;
            var (names, mask) = (new List<string>(), Operations.None);
            foreach (var operation in operations.Elements)
            {
                var one = operation.Text is { } said ? OperationNames.Read(said) : Operations.None;
                // All, and then some, is a mistake.
                if (one == Operations.None || mask == Operations.All || (one == Operations.All && mask != Operations.None)) return null;
                if ((mask & one) == 0) names.Add(operation.Text!);
                mask |= one;
            }
            if (mask == Operations.None) return null;
            granted.Add(new Granted(Resource.Parse(name), names, mask));
        }
        return granted.Count == 0 ? null : new Capability([.. granted]);
    }

    /// <summary>What both allow, in the words of this one where it has any; null, where that is nothing.</summary>
    public Capability? And(Capability other)
    {
        var both = new List<Granted>();
        foreach (var mine in granted)
        {
            foreach (var theirs in other.granted)
            {
                var resource = theirs.Resource.Covers(mine.Resource) ? mine.Resource
                    : mine.Resource.Covers(theirs.Resource) ? theirs.Resource
                    : null;
                var mask = mine.Mask & theirs.Mask;
                if (resource is null || mask == Operations.None) continue;
                var at = both.FindIndex(one => one.Resource.Name == resource.Name);
                // In the order of the one that asks, where it says them one by one.
                List<string> known = at < 0 ? [] : both[at].Names;
                List<string> names = resource == mine.Resource ? [.. mine.Names, .. theirs.Names, .. known] : [.. known, .. theirs.Names];
                if (at >= 0) both[at] = new Granted(resource, names, both[at].Mask | mask);
                else both.Add(new Granted(resource, names, mask));
                if (both.Count > MaxResources) return null;
            }
        }
        return both.Count == 0 ? null : new Capability([.. both.Select(static one => one with { Names = NamesOf(one) })]);
    }

    /// <summary>What it allows on a channel.</summary>
    public Operations On(string channel)
    {
        var asked = Resource.Parse(channel);
        var allowed = Operations.None;
        foreach (var (resource, _, mask) in granted)
        {
            if (resource.Covers(asked)) allowed |= mask;
        }
        return allowed;
    }

    private static List<string> NamesOf(Granted granted) => granted.Mask == Operations.All
        ? ["*"]
        : [.. granted.Names.Where(name => name != "*" && (OperationNames.Read(name) & granted.Mask) != 0).Distinct(StringComparer.Ordinal)];

    private sealed record Granted(Resource Resource, List<string> Names, Operations Mask);
}
