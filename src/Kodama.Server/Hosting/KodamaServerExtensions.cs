using System.Runtime.InteropServices;

namespace Kodama.Server;

/// <summary>For programs that do nothing but serve.</summary>
public static class KodamaServerExtensions
{
    /// <summary>
    /// Waits for Ctrl-C, SIGTERM or the token, and then stops the server: peers get what waits for them and a goodbye. Ends when the server has
    /// stopped.
    /// </summary>
    public static async Task WaitForShutdownAsync(this KodamaServer server, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(server);
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, Ask);
        using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Ask);
        using var cancelled = cancellationToken.Register(() => asked.TrySetResult());
        await asked.Task.ConfigureAwait(false);
        await server.StopAsync(CancellationToken.None).ConfigureAwait(false);

        void Ask(PosixSignalContext signal)
        {
            // The process ends when the program does, not here.
            signal.Cancel = true;
            asked.TrySetResult();
        }
    }
}
