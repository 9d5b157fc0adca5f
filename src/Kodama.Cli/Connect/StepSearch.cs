namespace Kodama.Cli.Connect;

/// <summary>
/// Finds where two streams of one order meet again, after one of them has lost something. Many say the same, so only a run of messages that
/// differ from one another counts, and only if it fits in one place. For one thread at a time.
/// </summary>
internal sealed class StepSearch
{
    private const int Run = 3;

    // Further apart they are not looked for: every message is compared with all of these.
    private const int Window = 256;

    private readonly List<ShownMessage> shown = [];
    private readonly List<RoomMessage> heard = [];

    public void Show(ShownMessage message) => Add(shown, message);

    public void Hear(RoomMessage message) => Add(heard, message);

    /// <summary>Whether they meet; then what was heard and is still to be shown, or what was shown and is still to be heard.</summary>
    public bool TryMeet(out IReadOnlyList<RoomMessage> unshown, out IReadOnlyList<ShownMessage> unheard)
    {
        (unshown, unheard) = ([], []);
        var places = 0;
        // The last that were shown, wherever they were heard; then the last that were heard. Both are level where both end.
        for (var rest = 0; rest <= heard.Count - Run; rest++)
        {
            if (!IsRun(heard.Count - Run - rest, shown.Count - Run)) continue;
            places++;
            unshown = heard[^rest..];
        }
        for (var rest = 1; rest <= shown.Count - Run; rest++)
        {
            if (!IsRun(heard.Count - Run, shown.Count - Run - rest)) continue;
            places++;
            unheard = shown[^rest..];
        }
        return places == 1;
    }

    private bool IsRun(int atHeard, int atShown)
    {
        if (atHeard < 0 || atShown < 0) return false;
        for (var i = 0; i < Run; i++)
        {
            for (var j = 0; j < Run; j++)
            {
                if (heard[atHeard + i].IsSame(shown[atShown + j]) != (i == j)) return false;
            }
        }
        return true;
    }

    private static void Add<T>(List<T> window, T message)
    {
        if (window.Count == Window) window.RemoveAt(0);
        window.Add(message);
    }
}
