using System.CommandLine;
using Kodama.Cli.Terminals;
using Kodama.Server;

namespace Kodama.Cli.Trust;

/// <summary><c>kodama trust</c>: this machine trusts the authority of its own hub, or does so no more.</summary>
internal static class TrustCommand
{
    public static Command Create(Terminal terminal)
    {
        var data = OptionValue.Text(
            "--data", "folder", "The folder of the hub's data, if serve has one [default: the user's configuration]");
        var remove = new Option<bool>("--remove") { Description = "Take it out again" };
        var show = new Option<bool>("--show") { Description = "Tell its name, its fingerprint and where it is; change nothing" };
        var command = new Command(
            "trust",
            "Trust the certificates of this machine's hub (serve --https) on this machine. Others open http://HUB/trust. "
                + "Exit code 4 when nothing here could be made to trust it.")
        {
            data, remove, show,
        };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var authority = Find(AuthorityFolder.Of(parsed.GetValue(data)));
            Tell(terminal, authority);
            return parsed.GetValue(show)
                ? ExitCode.Ok
                : await ChangeAsync(authority, parsed.GetValue(remove), terminal, cancellationToken);
        });
        return command;
    }

    private static HubAuthority Find(string folder)
    {
        try
        {
            return HubAuthority.Find(folder) ?? throw new CommandException(
                ExitCode.BadCertificate, $"there is no authority in {folder}: kodama serve --https makes one at its first start.");
        }
        catch (Exception exception) when (exception is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            throw new CommandException(ExitCode.BadCertificate, exception.Message, exception);
        }
    }

    private static void Tell(Terminal terminal, HubAuthority authority)
    {
        terminal.WriteLine(
            $"{Printable.Line(authority.Name)}, until {authority.NotAfter:yyyy-MM-dd}, in {Printable.Line(authority.Folder)}");
        terminal.WriteLine($"SHA-256 {Fingerprints.Shown(authority.Fingerprint)}");
    }

    private static async Task<int> ChangeAsync(
        HubAuthority authority, bool removes, Terminal terminal, CancellationToken cancellationToken)
    {
        var done = 0;
        foreach (var store in TrustStores.All())
        {
            var wrong = removes
                ? await store.RemoveAsync(authority, cancellationToken)
                : await store.AddAsync(authority, cancellationToken);
            if (wrong is null) done++;
            var how = wrong is not null ? Printable.Line(wrong) : removes ? "does not trust it" : "trusts it";
            terminal.WriteLine($"{(wrong is null ? "✓" : "✗")} {Printable.Line(store.Name)}: {how}");
        }
        if (done > 0 && !removes) terminal.WriteLine("Browsers that are open must be started again.");
        return done > 0 ? ExitCode.Ok : ExitCode.BadCertificate;
    }
}
