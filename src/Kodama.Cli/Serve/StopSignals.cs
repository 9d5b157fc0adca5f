using System.Runtime.InteropServices;

namespace Kodama.Cli.Serve;

/// <summary>Ctrl-C, SIGTERM and a closed terminal: the first asks for a graceful stop, the second ends the process at once.</summary>
internal sealed class StopSignals : IDisposable
{
    private readonly CancellationTokenSource stopping = new();
    private readonly PosixSignalRegistration[] registrations;
    private int count;

    public StopSignals() =>
        registrations = [Register(PosixSignal.SIGINT), Register(PosixSignal.SIGTERM), Register(PosixSignal.SIGHUP)];

    /// <summary>Cancelled by the first.</summary>
    public CancellationToken Stopping => stopping.Token;

    public void Dispose()
    {
        foreach (var registration in registrations) registration.Dispose();
        stopping.Dispose();
    }

    private PosixSignalRegistration Register(PosixSignal signal) => PosixSignalRegistration.Create(signal, context =>
    {
        // What is not cancelled is the system's own: it ends the process.
        if (Interlocked.Increment(ref count) > 1) return;
        context.Cancel = true;
        stopping.Cancel();
    });
}
