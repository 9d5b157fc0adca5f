using System.ComponentModel;
using System.Diagnostics;

namespace Kodama.Cli.Trust;

/// <summary>A program of the system that changes what is trusted. It may ask the user, so that it takes its time.</summary>
internal static class TrustProgram
{
    public static bool Exists(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Append("/usr/sbin")
            .Any(folder => folder.Length > 0 && File.Exists(Path.Combine(folder, program)));

    /// <summary>Null, when it has ended well; else the last line of its complaint.</summary>
    public static async Task<string?> RunAsync(string program, string[] arguments, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        // Where root's programs are, for a shell that does not look there.
        start.Environment["PATH"] = $"{Environment.GetEnvironmentVariable("PATH")}:/usr/sbin:/sbin";
        if (File.Exists($"/usr/sbin/{program}")) start.FileName = $"/usr/sbin/{program}";
        try
        {
            using var process = Process.Start(start)!;
            var errors = process.StandardError.ReadToEndAsync(cancellationToken);
            await process.StandardOutput.ReadToEndAsync(cancellationToken);
            await process.WaitForExitAsync(cancellationToken);
            var complaint = (await errors).Trim().Split('\n')[^1];
            return process.ExitCode == 0 ? null : complaint.Length > 0 ? complaint : $"{program} ended with {process.ExitCode}";
        }
        catch (Exception exception) when (exception is Win32Exception or InvalidOperationException)
        {
            return exception.Message;
        }
    }
}
