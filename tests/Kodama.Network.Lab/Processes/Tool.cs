using System.Diagnostics;

namespace Kodama.Network.Lab.Processes;

/// <summary>A command that runs to its end, soon, and well.</summary>
internal static class Tool
{
    public static async Task<string> RunAsync(string tool, IEnumerable<string> arguments, string input = "")
    {
        var start = new ProcessStartInfo(
            LabRequirements.Find(tool) ?? throw new LabException($"There is no {tool} on this machine."), arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        using var deadline = new CancellationTokenSource(Deadline.Tool);
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(deadline.Token);
            var errors = process.StandardError.ReadToEndAsync(deadline.Token);
            await process.StandardInput.WriteAsync(input.AsMemory(), deadline.Token);
            process.StandardInput.Close();
            await process.WaitForExitAsync(deadline.Token);
            if (process.ExitCode != 0) throw new LabException($"{Describe(start)} ended with {process.ExitCode}: {await errors}\n{input}");
            return await output;
        }
        catch (OperationCanceledException)
        {
            process.Kill();
            throw new LabException($"{Describe(start)} did not end within {Deadline.Tool}.");
        }
    }

    private static string Describe(ProcessStartInfo start) => $"{start.FileName} {string.Join(' ', start.ArgumentList)}";
}
