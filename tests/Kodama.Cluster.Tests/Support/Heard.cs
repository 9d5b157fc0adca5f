using System.Collections.Concurrent;

namespace Kodama.Cluster.Tests;

/// <summary>What all readers have got, and what all writers were told, as it comes. Thread-safe.</summary>
internal sealed class Heard
{
    private readonly ConcurrentDictionary<string, ConcurrentQueue<string>> texts = new();

    /// <summary>What was acknowledged.</summary>
    public ConcurrentDictionary<string, bool> Acknowledged { get; } = new();

    /// <summary>What was refused, or nobody knows.</summary>
    public ConcurrentDictionary<string, string> Failed { get; } = new();

    /// <summary>How many of all that was said are decided.</summary>
    public int Decided => Acknowledged.Count + Failed.Count;

    /// <summary>Who was told that something is gone.</summary>
    public ConcurrentQueue<string> Gaps { get; } = new();

    public IEnumerable<string> Readers => texts.Keys;

    public void Add(string reader, string text) => Of(reader).Enqueue(text);

    public IReadOnlyCollection<string> By(string reader) => Of(reader);

    private ConcurrentQueue<string> Of(string reader) => texts.GetOrAdd(reader, static _ => new());
}
