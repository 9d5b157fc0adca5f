using System.CommandLine;
using Kodama.Cli.Terminals;
using Kodama.Client;
using Kodama.Server;

namespace Kodama.Cli.Trust;

/// <summary><c>kodama trust</c>: this machine trusts the authority of its own hub, or of another machine's, or does so no more.</summary>
internal static class TrustCommand
{
    public static Command Create(Terminal terminal)
    {
        var hub = new Argument<string?>("hub")
        {
            Description =
                "Address of a hub on another machine, such as 192.168.1.20:8080, or the link of its QR code [default: this machine's]",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var data = OptionValue.Text(
            "--data", "folder", "The folder of the hub's data, if serve has one [default: the user's configuration]");
        var remove = new Option<bool>("--remove") { Description = "Take it out again" };
        var show = new Option<bool>("--show") { Description = "Tell its name, its fingerprint and where it is; change nothing" };
        var command = new Command(
            "trust",
            "Trust the certificates of a hub (serve --https) on this machine: of its own, or of another's, whose fingerprint you compare. "
                + "Phones open http://HUB/trust. Exit code 4 when nothing here could be made to trust it.")
        {
            hub, data, remove, show,
        };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var (removes, shows) = (parsed.GetValue(remove), parsed.GetValue(show));
            if (parsed.GetValue(hub) is { } other) return await TrustAsync(other, removes, shows, terminal, cancellationToken);
            using var authority = Find(AuthorityFolder.Of(parsed.GetValue(data)));
            var root = TrustedRoot.Of(authority);
            Tell(terminal, root, $"in {authority.Folder}");
            return shows ? ExitCode.Ok : await ChangeAsync(root, removes, terminal, cancellationToken);
        });
        return command;
    }

    private static async Task<int> TrustAsync(
        string other, bool removes, bool shows, Terminal terminal, CancellationToken cancellationToken)
    {
        var (hub, known) = OtherMachine.Parse(other);
        var root = await OtherMachine.FetchAsync(hub, cancellationToken);
        Tell(terminal, root, $"as {hub.Authority} tells it");
        if (shows) return ExitCode.Ok;
        var hubs = KnownHubs.Open(KnownHubsFile.Path);
        // What a stranger names must not be taken out either.
        if (removes) known ??= hubs.Find(hub.Authority);
        if (known is not null && known != root.Fingerprint)
            throw new CommandException(ExitCode.BadCertificate, "this is not the fingerprint that is known: nothing is changed.");
        if (known is null && !await IsSameAsync(terminal, cancellationToken))
            throw new CommandException(ExitCode.BadCertificate, "nothing is changed.");
        if (removes) hubs.Forget(hub.Authority);
        else hubs.Remember(hub.Authority, root.Fingerprint);
        return await ChangeAsync(root, removes, terminal, cancellationToken);
    }

    private static async Task<bool> IsSameAsync(Terminal terminal, CancellationToken cancellationToken)
    {
        terminal.WriteError("Anyone on the network could have answered. Compare with the fingerprint in the hub's own terminal;");
        terminal.WriteError("if it is the same to its end, type yes:");
        return (await Console.In.ReadLineAsync(cancellationToken))?.Trim().Equals("yes", StringComparison.OrdinalIgnoreCase) == true;
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

    private static void Tell(Terminal terminal, TrustedRoot root, string where)
    {
        terminal.WriteLine($"{Printable.Line(root.Name)}, until {root.NotAfter:yyyy-MM-dd}, {Printable.Line(where)}");
        terminal.WriteLine($"SHA-256 {Fingerprints.Shown(root.Fingerprint)}");
    }

    private static async Task<int> ChangeAsync(TrustedRoot root, bool removes, Terminal terminal, CancellationToken cancellationToken)
    {
        var done = 0;
        foreach (var store in TrustStores.All())
        {
            var wrong = removes
                ? await store.RemoveAsync(root, cancellationToken)
                : await store.AddAsync(root, cancellationToken);
            if (wrong is null) done++;
            var how = wrong is not null ? Printable.Line(wrong) : removes ? "does not trust it" : "trusts it";
            terminal.WriteLine($"{(wrong is null ? "✓" : "✗")} {Printable.Line(store.Name)}: {how}");
        }
        if (done > 0 && !removes) terminal.WriteLine("Browsers that are open must be started again.");
        return done > 0 ? ExitCode.Ok : ExitCode.BadCertificate;
    }
}
