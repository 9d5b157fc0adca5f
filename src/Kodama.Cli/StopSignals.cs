using System.Runtime.InteropServices;

namespace Kodama.Cli;

/// <summary>
/// Ctrl-C, SIGTERM and a closed terminal: the first asks for a graceful stop, one that comes a second or more after it ends the process at
/// once.
/// </summary>
/// <remarks>Before that second, it is the same wish: <c>timeout</c> signals the process and then its group, and a key may bounce.</remarks>
internal sealed class StopSignals : IDisposable
{
    private static readonly TimeSpan OneWish = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource stopping = new();
    private readonly PosixSignalRegistration[] registrations;
    private readonly Lock gate = new();
    private readonly TimeProvider time;
    private long? first;

    public StopSignals(TimeProvider time)
    {
        this.time = time;
        registrations = [Register(PosixSignal.SIGINT), Register(PosixSignal.SIGTERM), Register(PosixSignal.SIGHUP)];
    }

    /// <summary>Cancelled by the first.</summary>
    public CancellationToken Stopping => stopping.Token;

    public void Dispose()
    {
        foreach (var registration in registrations) registration.Dispose();
        stopping.Dispose();
    }

    /// <summary>Takes a signal. False, when it is left to the system, which ends the process.</summary>
    public bool Take()
    {
        lock (gate)
        {
            if (first is { } before) return time.GetElapsedTime(before) < OneWish;
            first = time.GetTimestamp();
        }
        stopping.Cancel();
        return true;
    }

    private PosixSignalRegistration Register(PosixSignal signal) =>
        PosixSignalRegistration.Create(signal, context => context.Cancel = Take());
}
