using System.ComponentModel;
using System.Diagnostics;

namespace Kodama.Cli.Doctor;

/// <summary>Asks a program of the system that only tells.</summary>
internal static class SystemCommand
{
    private const int LongestOutput = 1024 * 1024;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    /// <summary>What it writes; null where it does not exist, fails (most need more rights for that), or takes too long.</summary>
    public static async Task<string?> OutputAsync(string program, string[] arguments, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Patience);
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments)
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                RedirectStandardInput = true,
            });
            if (process is null) return null;
            try
            {
                process.StandardInput.Close();
                var buffer = new char[LongestOutput];
                var errors = process.StandardError.ReadToEndAsync(patience.Token);
                var length = await process.StandardOutput.ReadBlockAsync(buffer, patience.Token);
                await errors;
                await process.WaitForExitAsync(patience.Token);
                return process.ExitCode == 0 ? new string(buffer, 0, length) : null;
            }
            finally
            {
                if (!process.HasExited) process.Kill();
            }
        }
        catch (Exception exception) when (exception is Win32Exception or IOException or InvalidOperationException)
        {
            return null;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return null;
        }
    }
}
