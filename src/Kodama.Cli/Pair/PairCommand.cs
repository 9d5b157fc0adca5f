using System.CommandLine;
using Kodama.Cli.Terminals;
using Kodama.Cli.Trust;
using Kodama.Client;
using Kodama.Client.Connecting;
using Kodama.Discovery;

namespace Kodama.Cli.Pair;

/// <summary><c>kodama pair</c>: learns by the six digits in a hub's terminal whom to trust, and is told its token.</summary>
internal static class PairCommand
{
    public static Command Create(Terminal terminal)
    {
        var hub = new Argument<string>("hub") { Description = "Its address, as its terminal shows it, such as https://192.168.1.20:8080" };
        var command = new Command(
            "pair",
            "Learn whom to trust from the six digits that a hub (serve --https) shows in its terminal; they are read from standard input. "
                + "Prints the link for kodama connect. Exit code 6 when it comes to nothing.")
        {
            hub,
        };
        command.SetAction((parsed, cancellationToken) => PairAsync(parsed.GetRequiredValue(hub), terminal, cancellationToken));
        return command;
    }

    private static async Task<int> PairAsync(string hub, Terminal terminal, CancellationToken cancellationToken)
    {
        try
        {
            if (!HubAddress.TryParse(hub, out var address))
                throw new ArgumentException($"\"{hub}\" is no address: write it as https://192.168.1.20:8080.");
            var place = hub.Contains("://", StringComparison.Ordinal) ? address : new Uri($"https://{address.Authority}");
            var paired = await KodamaPairing.PairAsync(place, token => ReadAsync(terminal, token), cancellationToken);
            KnownHubs.Open(KnownHubsFile.Path).Remember(paired.Address.Authority, paired.Fingerprint);
            terminal.WriteError($"kodama: paired with {Printable.Line(paired.Name)}; connect by this link, which holds what is secret:");
            var token = paired.Token is { } secret ? $"&token={Uri.EscapeDataString(secret)}" : "";
            terminal.WriteLine($"{paired.Address.AbsoluteUri.TrimEnd('/')}#sha256={paired.Fingerprint}{token}");
            return ExitCode.Ok;
        }
        catch (ArgumentException exception)
        {
            throw CommandException.BadOption(exception);
        }
        catch (KodamaClientException exception)
        {
            throw new CommandException(ExitCode.NotConnected, exception.Message, exception);
        }
    }

    private static async ValueTask<string> ReadAsync(Terminal terminal, CancellationToken cancellationToken)
    {
        terminal.WriteError("kodama: type the six digits that the hub's terminal shows, within two minutes:");
        while (await Console.In.ReadLineAsync(cancellationToken) is { } line)
        {
            if (line.Count(char.IsAsciiDigit) == PairingProof.Digits) return line;
            terminal.WriteError($"kodama: \"{Printable.Line(line)}\" is no code: six digits, such as 123 456. Type it again:");
        }
        return "";
    }
}
