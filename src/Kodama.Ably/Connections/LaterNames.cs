namespace Kodama.Ably;

/// <summary>Which connections began without a clientId, and have one by AUTH since. The last ones, in memory. Thread-safe.</summary>
internal sealed class LaterNames
{
    private const int Most = 16 * 1024;

    private readonly Lock gate = new();
    private readonly Dictionary<string, string> names = new(StringComparer.Ordinal);
    private readonly Queue<string> order = new();

    public void Add(string connection, string name)
    {
        lock (gate)
        {
            if (names.TryAdd(connection, name)) order.Enqueue(connection);
            if (order.Count > Most) names.Remove(order.Dequeue());
        }
    }

    public bool Has(string connection, string? name)
    {
        lock (gate) return name is not null && names.GetValueOrDefault(connection) == name;
    }
}
