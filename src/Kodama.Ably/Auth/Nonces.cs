namespace Kodama.Ably;

/// <summary>Nonces of token requests that were heeded, for as long as their timestamps count. Thread-safe.</summary>
internal sealed class Nonces(TimeProvider time)
{
    internal const int Most = 64 * 1024;

    public static readonly AblyError Used = new(40105, 401, "The nonce of the token request was used before: take a new one.");

    private readonly Lock gate = new();
    private readonly HashSet<string> known = new(StringComparer.Ordinal);
    private readonly Queue<(long Stamp, string Nonce)> order = new();

    /// <summary>A nonce is of a key.</summary>
    public static string NameOf(string keyName, string nonce) => $"{keyName}\n{nonce}";

    /// <summary>Whether the one of this name was taken.</summary>
    public bool Has(string name)
    {
        lock (gate) return known.Contains(name);
    }

    /// <summary>Null, if it is new; else why the request is refused.</summary>
    public AblyError? Take(string keyName, string nonce, TimeSpan lifetime)
    {
        lock (gate)
        {
            while (order.TryPeek(out var oldest) && time.GetElapsedTime(oldest.Stamp) > lifetime) known.Remove(order.Dequeue().Nonce);
            var named = NameOf(keyName, nonce);
            if (known.Contains(named)) return Used;
            if (known.Count >= Most) return new AblyError(42910, 429, "Too many tokens were asked for in the last minutes: try again.");
            known.Add(named);
            order.Enqueue((time.GetTimestamp(), named));
            return null;
        }
    }
}
