using System.ComponentModel;
using System.Diagnostics;
using Kodama.Cli.Terminals;

namespace Kodama.Cli.Service;

/// <summary>Does what a plan says, or shows it.</summary>
internal static class ServiceRunner
{
    /// <returns>The exit code: what one step could not do, the next may have needed.</returns>
    public static async Task<int> RunAsync(
        IReadOnlyList<ServiceStep> steps, bool isShown, Terminal terminal, CancellationToken cancellationToken)
    {
        if (!isShown && !Environment.IsPrivilegedProcess)
            throw new CommandException(ExitCode.BadOption, "services are the administrator's: run it by sudo, or as administrator.");
        var exit = ExitCode.Ok;
        foreach (var step in steps)
        {
            if (isShown) terminal.WriteLine($"{step}");
            else if (!await DoAsync(step, terminal, cancellationToken)) exit = ExitCode.Unexpected;
        }
        return exit;
    }

    /// <summary>This program, where a service can run it.</summary>
    public static string Program()
    {
        var program = Environment.ProcessPath!;
        if (Path.GetFileNameWithoutExtension(program) == "dotnet")
            throw new CommandException(ExitCode.BadOption, "a service runs the program itself: install kodama, and do this with it.");
        ServiceOptions.CheckSeen(program);
        return program;
    }

    private static async Task<bool> DoAsync(ServiceStep step, Terminal terminal, CancellationToken cancellationToken)
    {
        try
        {
            if (step is ServiceStep.Delete delete) File.Delete(delete.Path);
            else if (step is ServiceStep.Write write) await WriteAsync(write, cancellationToken);
            else if (step is ServiceStep.Run run) return await ExecuteAsync(run, terminal, cancellationToken);
            return true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or Win32Exception)
        {
            throw new CommandException(ExitCode.BadOption, $"This could not be done: {step}\n{exception.Message}", exception);
        }
    }

    private static async Task WriteAsync(ServiceStep.Write write, CancellationToken cancellationToken)
    {
        if (write.IsSettings && File.Exists(write.Path)) return;
        Directory.CreateDirectory(Path.GetDirectoryName(write.Path)!);
        // What a service is started with, and its settings, may hold tokens.
        await using var writer = new StreamWriter(write.Path, FileRights.Options(FileMode.Create, FileAccess.Write));
        await writer.WriteAsync(write.Content.AsMemory(), cancellationToken);
    }

    private static async Task<bool> ExecuteAsync(ServiceStep.Run run, Terminal terminal, CancellationToken cancellationToken)
    {
        using var process = Process.Start(new ProcessStartInfo(run.Command[0], run.Command.Skip(1)))!;
        await process.WaitForExitAsync(cancellationToken);
        if (process.ExitCode == 0 || run.MayFail) return true;
        terminal.WriteError($"kodama: {string.Join(' ', run.Command)} ended with {process.ExitCode}");
        return false;
    }
}
