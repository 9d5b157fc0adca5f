using System.Diagnostics;

namespace Kodama.SocketIO.Tests.Hostile;

/// <summary>A client beside an attack: it says something, waits for the echo, says the next, and keeps how long the slowest took.</summary>
internal sealed class HealthyPeer : IAsyncDisposable
{
    private readonly WebSocketClient client;
    private readonly CancellationTokenSource stopping = new();
    private readonly Task echoing;
    private int echoes;
    private TimeSpan worst;

    private HealthyPeer(WebSocketClient client)
    {
        this.client = client;
        echoing = Task.Run(EchoAsync);
    }

    public int Echoes => Volatile.Read(ref echoes);

    public static async Task<HealthyPeer> ComeAsync(Uri server) => new(await WebSocketClient.ConnectAsync(server));

    /// <summary>Says how many echoes came, every one that it waited for, and the slowest.</summary>
    public async Task<(int Echoes, TimeSpan Worst)> StopAsync()
    {
        // At least some after the attack.
        var before = Echoes;
        await Deadline.UntilAsync(() => echoing.IsCompleted || Echoes >= before + 3);
        await stopping.CancelAsync();
        await echoing.Within();
        return (echoes, worst);
    }

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        await echoing.ContinueWith(static _ => { }, TaskScheduler.Default).Within();
        stopping.Dispose();
        client.Dispose();
    }

    private async Task EchoAsync()
    {
        for (var i = 0; !stopping.IsCancellationRequested; i++)
        {
            var since = Stopwatch.GetTimestamp();
            await client.SendAsync($"""42["echo",{i}]""");
            Assert.Equal($"""42["echo",{i}]""", await client.ReadAsync());
            var took = Stopwatch.GetElapsedTime(since);
            if (took > worst) worst = took;
            Interlocked.Increment(ref echoes);
        }
    }
}
