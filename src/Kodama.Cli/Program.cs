using System.CommandLine;
using Kodama.Cli;
using Kodama.Cli.Scan;
using Kodama.Cli.Serve;
using Kodama.Cli.Terminals;

// .NET reads it at the first socket. No user code runs on the message path of this process, so completions need no thread of their own.
Environment.SetEnvironmentVariable("DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS", "1");

var terminal = Terminal.OfProcess();
var root = new RootCommand("A real-time hub for the local network: every WebSocket client on it can meet in a room.") 
{
    ServeCommand.Create(terminal), ScanCommand.Create(terminal),
};
var parsed = root.Parse(args.Length == 0 ? ["--help"] : args);
if (parsed.Errors.Count > 0)
{
    // That a command is missing, too, is no news to whoever has mistyped it.
    if (parsed.CommandResult.Command == root && parsed.UnmatchedTokens is [var unknown, ..])
        terminal.WriteError(unknown.StartsWith('-') ? $"kodama: '{unknown}' is no option here: a command comes first, such as serve." : $"kodama: '{unknown}' is no command.");
    else
        foreach (var error in parsed.Errors) terminal.WriteError($"kodama: {error.Message}");
    terminal.WriteError($"See what there is: kodama {(parsed.CommandResult.Command == root ? "" : parsed.CommandResult.Command.Name + " ")}--help");
    return ExitCode.BadOption;
}
try
{
    // Signals are the command's: it stops in its own order.
    return await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null });
}
catch (CommandException failure)
{
    terminal.WriteError($"kodama: {failure.Message}");
    return failure.ExitCode;
}
catch (Exception exception)
{
    terminal.WriteError($"kodama: unexpected error, please report it: {exception}");
    return ExitCode.Unexpected;
}
