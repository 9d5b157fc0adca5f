using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Parsing;
using Kodama.Cli;
using Kodama.Cli.Completions;
using Kodama.Cli.Connect;
using Kodama.Cli.Doctor;
using Kodama.Cli.Manual;
using Kodama.Cli.Pair;
using Kodama.Cli.Scan;
using Kodama.Cli.Serve;
using Kodama.Cli.Service;
using Kodama.Cli.Terminals;
using Kodama.Cli.Token;
using Kodama.Cli.Trust;

var terminal = Terminal.OfProcess();
var serve = ServeCommand.Create(terminal);
var root = new RootCommand("A real-time hub for the local network: every WebSocket client on it can meet in a room.") 
{
    serve, ScanCommand.Create(terminal), ConnectCommand.Create(terminal), DoctorCommand.Create(terminal),
    ServiceCommand.Create(terminal, serve), CompletionsCommand.Create(terminal), ManualCommand.Create(terminal),
    TrustCommand.Create(terminal), PairCommand.Create(terminal), TokenCommand.Create(terminal),
};
// Else what follows a switch is its value, true or false, to those who complete the line.
foreach (var option in All(root).SelectMany(static command => command.Options).OfType<Option<bool>>())
    option.Arity = ArgumentArity.Zero;
if (!OperatingSystem.IsWindows())
{
    // They are paths here.
    foreach (var alias in (string[])["/h", "/?"]) root.Options.OfType<HelpOption>().Single().Aliases.Remove(alias);
}
var parsed = root.Parse(args.Length == 0 ? ["--help"] : args);
// A directive asks about a line that is not finished.
if (parsed.Tokens is not [{ Type: TokenType.Directive }, ..] && Misspelling.Of(parsed) is { Count: > 0 } wrong)
{
    foreach (var line in wrong) terminal.WriteError($"kodama: {line}");
    var asked = "";
    for (var at = parsed.CommandResult; at.Parent is CommandResult above; at = above) asked = $"{at.Command.Name} {asked}";
    terminal.WriteError($"See what there is: kodama {asked}--help");
    return ExitCode.BadOption;
}
try
{
    // Signals are the command's: it stops in its own order.
    return await parsed.InvokeAsync(
        new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null });
}
catch (CommandException failure)
{
    // It may quote a hub, which may be anybody.
    terminal.WriteError($"kodama: {Printable.Line(failure.Message)}");
    return failure.ExitCode;
}
catch (Exception exception)
{
    // It too may quote a hub. Its lines are those of a trace.
    var lines = exception.ToString().ReplaceLineEndings("\n").Split('\n').Select(line => Printable.Line(line));
    terminal.WriteError($"kodama: unexpected error, please report it: {string.Join(Environment.NewLine, lines)}");
    return ExitCode.Unexpected;
}

static IEnumerable<Command> All(Command command) => command.Subcommands.SelectMany(All).Prepend(command);
