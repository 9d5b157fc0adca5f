using System.Globalization;

namespace Kodama.Chaos;

/// <summary>What became of all that was said in a run: counts, and in words what should not have been.</summary>
public sealed class Verdict
{
    private readonly List<string> broken = [];

    /// <summary>Holds what everybody has noted against what the hub keeps.</summary>
    /// <param name="notes">Of all clients.</param>
    /// <param name="hall">All that was said in the hall, in order, each with its offset: <c>17 node-3 5</c>.</param>
    /// <param name="brook">The offset of the last that was said in the brook, where they count from 1 without holes.</param>
    public Verdict(IReadOnlyList<Notes> notes, IReadOnlyList<string> hall, long brook)
    {
        var names = notes.Select(n => n.Name).Order(StringComparer.Ordinal).ToList();
        foreach (var note in notes)
        {
            var isOwn = hall.ToLookup(line => Text(line).StartsWith($"{note.Name} ", StringComparison.Ordinal));
            CheckSaid(note, [.. isOwn[true]]);
            CheckHeard(note, [.. isOwn[false]]);
            CheckGaps(note, brook);
            Expect(note, "is told of members", names, note.Members.Order(StringComparer.Ordinal));
            Expect(note, "is told of the state", names.Select(n => $"{n} end"),
                note.State.OrderBy(s => s.Key, StringComparer.Ordinal).Select(s => $"{s.Key} {s.Value}"));
        }
    }

    /// <summary>Messages of clients.</summary>
    public int Published { get; private set; }

    /// <summary>Messages of clients that were acknowledged.</summary>
    public int Acknowledged { get; private set; }

    /// <summary>Messages and keys that were refused, or of which it is not known what became of them.</summary>
    public int Refused { get; private set; }

    /// <summary>How often somebody has heard a message.</summary>
    public long Heard { get; private set; }

    /// <summary>Acknowledged messages that are not where they should be, and messages that somebody has not heard.</summary>
    public int Lost { get; private set; }

    /// <summary>Messages that are there twice, or that somebody has heard twice.</summary>
    public int Doubled { get; private set; }

    /// <summary>Messages that came behind a later one.</summary>
    public int Misordered { get; private set; }

    /// <summary>Gaps that were told, in the brook or where there should be none.</summary>
    public int GapsTold { get; private set; }

    /// <summary>Each promise that was broken, in words.</summary>
    public IReadOnlyList<string> Broken => broken;

    // Once each, in the order of the calls, where the acknowledgements say.
    private void CheckSaid(Notes note, IReadOnlyList<string> own)
    {
        Published += note.Published;
        Acknowledged += note.Acknowledged.Count;
        Refused += note.Refused.Count;
        foreach (var refused in note.Refused) broken.Add($"{note.Name}: {refused}");
        Lost += Count(note, "is acknowledged, and not there", note.Acknowledged.Except(own));
        Doubled += Count(note, "is acknowledged twice", Repeated(note.Acknowledged));
        var texts = own.Select(Text).ToList();
        Doubled += Count(note, "is there twice", Repeated(texts));
        Misordered += Count(note, "is there behind a later one", Behind(texts, NumberOf));
        if (note.Acknowledged.Count + note.Refused.Count(r => !r.StartsWith("key ", StringComparison.Ordinal)) != note.Published)
            broken.Add($"{note.Name}: {note.Published} were published, and {note.Acknowledged.Count} acknowledged.");
    }

    private void CheckHeard(Notes note, IReadOnlyList<string> others)
    {
        Heard += note.Heard.Count;
        Lost += Count(note, "was not heard", others.Except(note.Heard));
        Doubled += Count(note, "was heard twice", Repeated(note.Heard));
        Misordered += Count(note, "was heard behind a later one", Behind(note.Heard, Offset));
        Count(note, "was heard, and is not there", note.Heard.Except(others));
        GapsTold += note.HallGaps.Count;
        Count(note, "is a gap in the hall, of which all is kept", note.HallGaps.Select(g => $"{g}"));
    }

    // Each run of offsets that did not come is one gap, told once, from its beginning to its end.
    private void CheckGaps(Notes note, long brook)
    {
        GapsTold += note.BrookGaps.Count;
        Heard += note.Brook.Count;
        Doubled += Count(note, "was heard twice in the brook", Repeated(note.Brook.Select(o => $"{o}")));
        Misordered += Count(note, "was heard behind a later one in the brook", Behind([.. note.Brook.Select(o => $"{o}")], Offset));
        var made = new List<Gap>();
        var before = 0L;
        foreach (var offset in note.Brook.Distinct().Order().Append(brook + 1))
        {
            if (offset > before + 1) made.Add(new(before, offset - 1));
            before = offset;
        }
        Lost += Count(note, "is missing in the brook, and was not told", made.Except(note.BrookGaps).Select(g => $"{g}"));
        Count(note, "was told as a gap of the brook, and is none", note.BrookGaps.Except(made).Select(g => $"{g}"));
    }

    private void Expect(Notes note, string what, IEnumerable<string> expected, IEnumerable<string> told)
    {
        var (should, does) = (expected.ToList(), told.ToList());
        if (should.SequenceEqual(does)) return;
        var (missing, wrong) = (string.Join(", ", should.Except(does)), string.Join(", ", does.Except(should)));
        broken.Add($"{note.Name} {what}: missing {missing}; wrong {wrong}.");
    }

    private int Count(Notes note, string what, IEnumerable<string> which)
    {
        var all = which.ToList();
        if (all.Count > 0) broken.Add($"{note.Name}: {all.Count} times something {what}, first {all[0]}.");
        return all.Count;
    }

    private static IEnumerable<string> Repeated(IEnumerable<string> lines) =>
        lines.GroupBy(line => line).Where(group => group.Skip(1).Any()).Select(group => group.Key);

    private static IEnumerable<string> Behind(IReadOnlyList<string> lines, Func<string, long> place) =>
        lines.Zip(lines.Skip(1)).Where(pair => place(pair.Second) < place(pair.First)).Select(pair => pair.Second);

    private static string Text(string line) => line[(line.IndexOf(' ', StringComparison.Ordinal) + 1)..];

    private static long Offset(string line) => long.Parse(line.Split(' ')[0], CultureInfo.InvariantCulture);

    // The last that a client says is "end".
    private static long NumberOf(string text) =>
        long.TryParse(text.Split(' ')[^1], NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : long.MaxValue;
}
