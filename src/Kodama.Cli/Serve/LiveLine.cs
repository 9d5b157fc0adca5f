using System.Globalization;
using Kodama.Cli.Terminals;

namespace Kodama.Cli.Serve;

/// <summary>What happens in the hub, in one line: each second for a person, and for a file or a pipe when it changed, each ten seconds at
/// most.</summary>
internal sealed class LiveLine
{
    private static readonly TimeSpan InteractiveInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan PipeInterval = TimeSpan.FromSeconds(10);

    private readonly Hub hub;
    private readonly Terminal terminal;
    private readonly TimeProvider time;
    private long lastMessages;
    private long lastTimestamp;

    public LiveLine(Hub hub, Terminal terminal, TimeProvider time)
    {
        this.hub = hub;
        this.terminal = terminal;
        this.time = time;
        lastTimestamp = time.GetTimestamp();
    }

    /// <summary>Shows the line until the token is cancelled; never throws for that.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(terminal.IsInteractive ? InteractiveInterval : PipeInterval, time);
        do Show();
        while (await NextAsync(timer, cancellationToken));
    }

    /// <summary>Shows what happened since the last time.</summary>
    public void Show()
    {
        var counts = hub.Counts;
        var now = time.GetTimestamp();
        var seconds = time.GetElapsedTime(lastTimestamp, now).TotalSeconds;
        var rate = seconds > 0 ? (counts.MessagesIn - lastMessages) / seconds : 0;
        (lastMessages, lastTimestamp) = (counts.MessagesIn, now);
        terminal.ShowStatus($"{Count(counts.Peers, "peer")} · {Count(counts.Rooms, "room")} · "
            + $"{rate.ToString(rate is > 0 and < 10 ? "0.0" : "#,0", CultureInfo.InvariantCulture)} messages/s");
    }

    private static string Count(int count, string noun) =>
        string.Create(CultureInfo.InvariantCulture, $"{count:#,0} {noun}{(count == 1 ? "" : "s")}");

    private static async ValueTask<bool> NextAsync(PeriodicTimer timer, CancellationToken cancellationToken)
    {
        try
        {
            return await timer.WaitForNextTickAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }
}
