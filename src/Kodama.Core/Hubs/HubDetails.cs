using System.Collections.Frozen;

namespace Kodama;

/// <summary>What a hub tells of itself: read by many, and changed one change after another.</summary>
internal sealed class HubDetails(IEnumerable<KeyValuePair<string, string>> first)
{
    private readonly Lock changing = new();
    private FrozenDictionary<string, string> current = first.ToFrozenDictionary(StringComparer.Ordinal);

    public IReadOnlyDictionary<string, string> Current => Volatile.Read(ref current);

    public void Update(Action<IDictionary<string, string>> change)
    {
        lock (changing)
        {
            var next = new Dictionary<string, string>(current, StringComparer.Ordinal);
            change(next);
            Volatile.Write(ref current, next.ToFrozenDictionary(StringComparer.Ordinal));
        }
    }
}
