using System.Collections.Concurrent;

namespace Kodama.Chaos;

/// <summary>A client of any kind as the run sees it: what it tells of itself. Thread-safe.</summary>
/// <param name="name">Its detail of that name, with which all begins that it says.</param>
/// <param name="way">By which it reaches the hub.</param>
internal sealed class Speaker(string name, Testing.RoughProxy way)
{
    private readonly TaskCompletionSource entered = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<Notes> noted = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ConcurrentDictionary<string, TaskCompletionSource<DateTimeOffset>> marks = [];
    private readonly ConcurrentQueue<string> broken = [];
    private int acknowledged;

    public string Name => name;

    public Testing.RoughProxy Way => way;

    /// <summary>How many of its messages.</summary>
    public int Acknowledged => Volatile.Read(ref acknowledged);

    /// <summary>What it is doing, in its own words.</summary>
    public string Status { get; set; } = "";

    /// <summary>What went wrong with it.</summary>
    public IEnumerable<string> Broken => broken.Select(text => $"{name}: {text}");

    /// <summary>When so many of its messages are.</summary>
    public async Task AcknowledgesAsync(int count, CancellationToken cancellationToken)
    {
        using var poll = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (Acknowledged < count) await poll.WaitForNextTickAsync(cancellationToken);
    }

    /// <summary>When it is in both rooms.</summary>
    public Task Entered => entered.Task;

    /// <summary>When all is acknowledged that it had to say.</summary>
    public Task Ended => ended.Task;

    public Task<Notes> Noted => noted.Task;

    /// <summary>When it has heard it.</summary>
    public Task<DateTimeOffset> HearsAsync(string mark) => Mark(mark).Task;

    public void Tell(SpeakerEvent happened)
    {
        switch (happened.Event)
        {
            case "entered":
                entered.TrySetResult();
                break;
            case "status":
                Status = happened.Text;
                break;
            case "acknowledged":
                Volatile.Write(ref acknowledged, happened.Count);
                break;
            case "heard":
                // Twice is for the notes to tell.
                Mark(happened.Text).TrySetResult(DateTimeOffset.FromUnixTimeMilliseconds(happened.At));
                break;
            case "ended":
                ended.TrySetResult();
                break;
            case "notes":
                noted.TrySetResult(happened.Notes!);
                break;
            default:
                broken.Enqueue(happened.Text);
                break;
        }
    }

    private TaskCompletionSource<DateTimeOffset> Mark(string mark) =>
        marks.GetOrAdd(mark, _ => new(TaskCreationOptions.RunContinuationsAsynchronously));
}

/// <summary>What a client tells.</summary>
/// <param name="Name">Who.</param>
/// <param name="Event">entered, status, acknowledged, heard, ended, notes or broken.</param>
/// <param name="Text">The status, the mark that was heard, or what went wrong.</param>
/// <param name="Count">How many are acknowledged.</param>
/// <param name="At">When it was heard, in ms since 1970.</param>
/// <param name="Notes">By the end.</param>
internal sealed record SpeakerEvent(string Name, string Event, string Text = "", int Count = 0, long At = 0, Notes? Notes = null);
