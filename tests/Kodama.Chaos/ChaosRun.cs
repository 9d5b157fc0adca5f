using Kodama.Testing;

namespace Kodama.Chaos;

/// <summary>
/// Clients of every kind speak in one room, each behind a rough way of its own, while their hub is killed again and again, and some are
/// kept away from another room until it has forgotten what they have missed. By the end each has heard everything once and in order, what
/// was acknowledged is there, and as many gaps were told as were made.
/// </summary>
/// <param name="options">How much of it.</param>
/// <param name="tell">Told, a line each, what happens.</param>
public sealed class ChaosRun(ChaosOptions options, Action<FormattableString> tell)
{
    private readonly Random random = new(options.Seed);
    private readonly List<Return> returns = [];
    private int marks;
    private int gapsMade;

    /// <exception cref="ChaosException">Somebody does not go on at all.</exception>
    public async Task<ChaosReport> RunAsync(CancellationToken cancellationToken)
    {
        await using var stage = await ChaosStage.OpenAsync(options);
        var all = stage.Speakers;
        tell($"{options.Rooms} clients of KodamaRooms, {options.Scripts} of kodama-client, {options.Pages} pages; seed {options.Seed}");
        await stage.DoAsync(Errand.Enter);
        await AllAsync("entering", all, s => s.Entered, cancellationToken);
        foreach (var speaker in all) speaker.Way.Roughen();
        await stage.DoAsync(Errand.Speak);
        for (var kill = 1; kill <= options.Kills; kill++)
        {
            await StormAsync(stage, all, cancellationToken);
            await KeepAwayAsync(stage, cancellationToken);
            var isSmooth = kill % 2 == 1;
            returns.Add(await KillAsync(stage, isSmooth, cancellationToken));
            var (acknowledged, cuts) = (all.Sum(s => s.Acknowledged), all.Sum(s => s.Way.Cuts));
            tell($"Kill {kill}: {acknowledged} acknowledged so far, {cuts} cuts, {gapsMade} gaps made; {returns[^1]}");
        }

        foreach (var speaker in all) speaker.Way.Smooth();
        await stage.DoAsync(Errand.Stop);
        await AllAsync("its last acknowledgement", all, s => s.Ended, cancellationToken);
        await MarkAsync(stage, ChaosRooms.Hall, all, cancellationToken);
        var brook = await MarkAsync(stage, ChaosRooms.Brook, all, cancellationToken);
        await stage.DoAsync(Errand.TellNotes);
        await AllAsync("telling its notes", all, s => s.Noted, cancellationToken);
        var notes = await Task.WhenAll(all.Select(s => s.Noted));
        var verdict = new Verdict(notes, await stage.Conductor.ReadAsync(ChaosRooms.Hall), brook);
        return new ChaosReport(all.Count, verdict, returns, gapsMade, all.Sum(s => s.Way.Cuts), all.Sum(s => s.Way.Stalls))
        {
            Failures = [.. all.SelectMany(s => s.Broken)],
        };
    }

    // Everybody gets some way on, however long that takes.
    private async Task StormAsync(ChaosStage stage, IReadOnlyList<Speaker> all, CancellationToken cancellationToken)
    {
        // Who waited long for the others has used up its handfuls.
        await stage.Conductor.SayAsync(ChaosRooms.Hall, NextMark());
        var goals = all.ToDictionary(s => s, s => s.Acknowledged + options.Progress);
        await Task.Delay(options.Storm, cancellationToken);
        await AllAsync("its next acknowledgements", all, s => s.AcknowledgesAsync(goals[s], cancellationToken), cancellationToken);
    }

    // What some have missed the room may have forgotten; the others, on smooth ways, have missed nothing.
    private async Task KeepAwayAsync(ChaosStage stage, CancellationToken cancellationToken)
    {
        var away = random.GetItems([.. stage.Speakers], Math.Max(1, stage.Speakers.Count / 5)).ToHashSet();
        var others = stage.Speakers.Where(s => !away.Contains(s)).ToList();
        foreach (var speaker in stage.Speakers) speaker.Way.Smooth();
        await MarkAsync(stage, ChaosRooms.Brook, stage.Speakers, cancellationToken);
        foreach (var speaker in away) speaker.Way.Close();
        var missed = random.Next(1, 3 * ChaosRooms.KeptOfBrook);
        for (var i = 1; i < missed; i++) await stage.Conductor.SayAsync(ChaosRooms.Brook, "drop");
        await MarkAsync(stage, ChaosRooms.Brook, others, cancellationToken);
        if (missed > ChaosRooms.KeptOfBrook) gapsMade += away.Count;
        foreach (var speaker in stage.Speakers) speaker.Way.Roughen();
        foreach (var speaker in away) speaker.Way.Open();
    }

    private async Task<Return> KillAsync(ChaosStage stage, bool isSmooth, CancellationToken cancellationToken)
    {
        var there = await stage.RestartAsync();
        if (isSmooth)
        {
            foreach (var speaker in stage.Speakers) speaker.Way.Smooth();
        }
        var mark = NextMark();
        await stage.Conductor.SayAsync(ChaosRooms.Hall, mark);
        await AllAsync($"hearing {mark} of the hub that is back", stage.Speakers, s => s.HearsAsync(mark), cancellationToken);
        foreach (var speaker in stage.Speakers) speaker.Way.Roughen();
        var times = new List<(double Seconds, string Name)>();
        foreach (var speaker in stage.Speakers) times.Add(((await speaker.HearsAsync(mark) - there).TotalSeconds, speaker.Name));
        times.Sort();
        return new Return(isSmooth, times[times.Count / 2].Seconds, times[^1].Seconds, times[^1].Name);
    }

    // Says something, and waits until all of these have heard it, and with it everything before.
    private async Task<long> MarkAsync(ChaosStage stage, string room, IEnumerable<Speaker> who, CancellationToken cancellationToken)
    {
        var mark = NextMark();
        var offset = await stage.Conductor.SayAsync(room, mark);
        await AllAsync($"hearing {mark} in the {room}", who, s => s.HearsAsync(mark), cancellationToken);
        return offset;
    }

    private string NextMark() => $"mark {++marks}";

    private async Task AllAsync(string what, IEnumerable<Speaker> who, Func<Speaker, Task> happens, CancellationToken cancellationToken)
    {
        var all = who.Select(speaker => (Speaker: speaker, Task: happens(speaker))).ToList();
        try
        {
            await Task.WhenAll(all.Select(a => a.Task)).WaitAsync(options.Patience, cancellationToken);
        }
        catch (TimeoutException)
        {
            var missing = all.Where(a => !a.Task.IsCompleted).Select(a => a.Speaker).ToList();
            var broken = all.SelectMany(a => a.Speaker.Broken).ToList();
            throw new ChaosException(
                $"Not within {options.Patience}: {what}, of {string.Join(", ", missing.Select(s => $"{s.Name} ({s.Status})"))}. " +
                string.Join(' ', broken));
        }
    }
}
