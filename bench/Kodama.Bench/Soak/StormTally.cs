using System.Collections.Concurrent;

namespace Kodama.Bench.Soak;

/// <summary>How many lives were begun, by what they did and by which door. Thread-safe.</summary>
internal sealed class StormTally
{
    private const double MostRefused = .01;
    private readonly ConcurrentDictionary<string, int> _lives = new();
    private readonly ConcurrentDictionary<string, int> _joined = new();
    private readonly ConcurrentDictionary<(string Door, string Why), int> _refused = new();

    public int Lives => _lives.Values.Sum();

    public void Lived(string behaviour) => _lives.AddOrUpdate(behaviour, 1, (_, n) => n + 1);

    public void Joined(Door door) => _joined.AddOrUpdate(door.Name, 1, (_, n) => n + 1);

    public void Refused(Door door, Exception why) => _refused.AddOrUpdate((door.Name, why.Message), 1, (_, n) => n + 1);

    /// <summary>Whoever behaves until it is in a room must be let in.</summary>
    public IEnumerable<string> Faults() =>
        from door in Door.All
        let reasons = _refused.Where(r => r.Key.Door == door.Name).ToList()
        let refused = reasons.Sum(r => r.Value)
        let joined = _joined.GetValueOrDefault(door.Name)
        where joined == 0 || refused > MostRefused * joined
        let why = string.Join(", ", reasons.Select(r => $"{r.Value} x {r.Key.Why}"))
        select $"{door.Name}: {refused} of {joined + refused} were not let in: {why}";

    public override string ToString() =>
        $"{string.Join(", ", _lives.OrderBy(l => l.Key).Select(l => $"{l.Value} {l.Key}"))}; " +
        $"let in: {string.Join(", ", Door.All.Select(d => $"{_joined.GetValueOrDefault(d.Name)} {d.Name}"))}; " +
        $"refused: {_refused.Values.Sum()}";
}
