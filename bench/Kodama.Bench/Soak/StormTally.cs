using System.Collections.Concurrent;

namespace Kodama.Bench.Soak;

/// <summary>How many lives were begun, by what they did and by which door. Thread-safe.</summary>
internal sealed class StormTally
{
    private const double MostRefused = .01;
    private readonly ConcurrentDictionary<string, int> _lives = new();
    private readonly ConcurrentDictionary<string, int> _joined = new();
    private readonly ConcurrentDictionary<string, int> _refused = new();
    private string? _lastRefusal;

    public int Lives => _lives.Values.Sum();

    public void Lived(string behaviour) => _lives.AddOrUpdate(behaviour, 1, (_, n) => n + 1);

    public void Joined(Door door) => _joined.AddOrUpdate(door.Name, 1, (_, n) => n + 1);

    public void Refused(Door door, Exception why)
    {
        _refused.AddOrUpdate(door.Name, 1, (_, n) => n + 1);
        _lastRefusal = why.Message;
    }

    /// <summary>Whoever behaves until it is in a room must be let in.</summary>
    public IEnumerable<string> Faults() =>
        from door in Door.All
        let refused = _refused.GetValueOrDefault(door.Name)
        let joined = _joined.GetValueOrDefault(door.Name)
        where joined == 0 || refused > MostRefused * joined
        select $"{door.Name}: {refused} of {joined + refused} were not let in; the last one: {_lastRefusal}";

    public override string ToString() =>
        $"{string.Join(", ", _lives.OrderBy(l => l.Key).Select(l => $"{l.Value} {l.Key}"))}; " +
        $"let in: {string.Join(", ", Door.All.Select(d => $"{_joined.GetValueOrDefault(d.Name)} {d.Name}"))}; refused: {_refused.Values.Sum()}";
}
