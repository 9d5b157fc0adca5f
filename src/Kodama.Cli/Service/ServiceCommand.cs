using System.CommandLine;
using Kodama.Cli.Terminals;

namespace Kodama.Cli.Service;

/// <summary><c>kodama service</c>: makes the hub a service that starts with the machine, or takes it out.</summary>
internal static class ServiceCommand
{
    /// <param name="terminal">Where it says what it does.</param>
    /// <param name="serve">The command whose options the service may have.</param>
    public static Command Create(Terminal terminal, Command serve)
    {
        var print = new Option<bool>("--print") { Description = "Show what would be done, and do nothing" };
        var options = new Argument<string[]>("serve-options")
        {
            Description = "Behind --, options of kodama serve, such as -- --name Lounge --port 80; "
                + "secrets stand in the service's settings in their stead",
            Arity = ArgumentArity.ZeroOrMore,
        };
        options.CompletionSources.Add(context => serve.Parse([.. context.ParseResult.GetValue(options) ?? []]).GetCompletions());
        var install = new Command("install", "Start the hub with the machine: a unit of systemd, a daemon of launchd, a service of Windows")
        {
            options, print,
        };
        install.SetAction(async (parsed, cancellationToken) =>
        {
            var given = ServiceOptions.Of(serve, parsed.GetValue(options) ?? [], Settings());
            return await ServiceRunner.RunAsync(Plan(given), parsed.GetValue(print), terminal, cancellationToken);
        });
        var remove = new Command("remove", "Stop that service and take it out; what its rooms keep stays") { print };
        remove.SetAction((parsed, cancellationToken) =>
            ServiceRunner.RunAsync(RemovalPlan(), parsed.GetValue(print), terminal, cancellationToken));
        return new Command("service", "Let the system run the hub, from the start of the machine on") { install, remove };
    }

    private static IReadOnlyList<ServiceStep> Plan(string[] options)
    {
        var program = ServiceRunner.Program();
        if (OperatingSystem.IsLinux()) return Systemd.Install(program, options);
        if (OperatingSystem.IsMacOS()) return Launchd.Install(program, options);
        if (OperatingSystem.IsWindows()) return WindowsServices.Install(program, options, Data());
        throw Unknown();
    }

    private static IReadOnlyList<ServiceStep> RemovalPlan() =>
        OperatingSystem.IsLinux() ? Systemd.Remove()
        : OperatingSystem.IsMacOS() ? Launchd.Remove()
        : OperatingSystem.IsWindows() ? WindowsServices.Remove()
        : throw Unknown();

    private static string? Settings() =>
        OperatingSystem.IsLinux() ? Systemd.Settings : OperatingSystem.IsMacOS() ? Launchd.Settings : null;

    private static string Data() => Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.CommonApplicationData), "Kodama");

    private static CommandException Unknown() =>
        new(ExitCode.BadOption, $"kodama knows no services of {Environment.OSVersion.Platform}: let this system's own start kodama serve.");
}
