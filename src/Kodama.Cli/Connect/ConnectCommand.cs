using System.CommandLine;
using Kodama.Cli.Terminals;
using Kodama.Client.Connecting;

namespace Kodama.Cli.Connect;

/// <summary><c>kodama connect</c>: its options.</summary>
internal sealed class ConnectCommand
{
    private static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(10);

    private readonly Argument<string?> hub = new("hub")
    {
        Description = "Name of the hub, or its address [default: the first one that is found]",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private readonly Option<string?> room = OptionValue.Text("--room", "room", "Room to join [default: the hub's]");

    private readonly Option<string?> name = OptionValue.Text(
        "--name", "name", "What others see you as; empty for nothing [default: your login name on a terminal, nothing from a pipe]");

    private readonly Option<KeyValuePair<string, string>[]> details = new("--detail", "-d")
    {
        Description = "Something others are told of you, such as seat=12; may be repeated",
        HelpName = "key=value",
        CustomParser = OptionValue.Pairs,
    };

    private readonly Option<string?> token =
        OptionValue.Text("--token", "token", "What the hub asks for, which must be named: whoever has its name or its address is told");

    private readonly Option<string?> pin = OptionValue.Text(
        "--pin", "sha256",
        "Fingerprint of the hub's certificate: take this one and no other [default: what the hub tells, or the system trusts]");

    private readonly Option<bool> json = new("--json") { Description = "One JSON object per line on standard output, for programs" };

    private readonly Option<bool> stay = new("--stay") { Description = "Stay after the end of standard input, until Ctrl-C" };

    private readonly Option<TimeSpan?> timeout =
        OptionValue.Time("--timeout", "How long looking for the hub and connecting may take [default: 10s]");

    private readonly Option<string[]> interfaces =
        OptionValue.Interfaces("Network interface to use, by name or address; may be repeated [default: all but containers and VPNs]");

    private ConnectCommand()
    {
    }

    public static Command Create(Terminal terminal)
    {
        var connect = new ConnectCommand();
        var command = new Command(
            "connect",
            "Join a hub and talk. On a terminal it is a chat; from a pipe each line is a message, and to a pipe each message a line: "
                + "echo hi | kodama connect Lounge. Exit code 5 when there is no such hub, 6 when it cannot be reached, lets nobody in, "
                + "or has not taken every line of the pipe.")
        {
            connect.hub, connect.room, connect.name, connect.details, connect.token,
            connect.pin, connect.json, connect.stay, connect.timeout, connect.interfaces,
        };
        command.Validators.Add(result =>
        {
            if (result.GetValue(connect.token) is not null && result.GetValue(connect.hub) is null)
            {
                result.AddError("--token would go to whichever hub answers first: "
                    + "say which hub it is for, best by its address (kodama scan lists them).");
            }
        });
        command.SetAction((parsed, _) => ConnectRunner.RunAsync(connect.Read(parsed), terminal));
        return command;
    }

    private ConnectOptions Read(ParseResult parsed)
    {
        var (where, fingerprint, secret) = Link(parsed.GetValue(hub));
        return new(
            where, parsed.GetValue(room), parsed.GetValue(name), parsed.GetValue(details) ?? [], parsed.GetValue(token) ?? secret,
            parsed.GetValue(pin) ?? fingerprint, parsed.GetValue(json), parsed.GetValue(stay), parsed.GetValue(timeout) ?? DefaultTimeout,
            parsed.GetValue(interfaces) ?? []);
    }

    // What a hub's QR code holds, or kodama pair has printed.
    private static (string? Hub, string? Fingerprint, string? Token) Link(string? given)
    {
        try
        {
            if (given is null || !HubAddress.TryParse(given, out var address) || address.Fragment.Length == 0) return (given, null, null);
            var (place, fingerprint, token) = HubAddress.LiftLink(address);
            return (place.OriginalString, fingerprint, token);
        }
        catch (ArgumentException exception)
        {
            throw CommandException.BadOption(exception);
        }
    }
}
