using System.CommandLine;
using Kodama.Cli.Terminals;

namespace Kodama.Cli.Doctor;

/// <summary><c>kodama doctor</c>: its options.</summary>
internal sealed class DoctorCommand
{
    private static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(5);

    private readonly Argument<string?> hub =
        new("hub") { Description = "Name or address of a hub to look at too", Arity = ArgumentArity.ZeroOrOne };

    private readonly Option<string?> token = OptionValue.Text("--token", "token", "What the hub asks for");

    private readonly Option<string?> origin =
        OptionValue.Text("--origin", "origin", "Try the WebSocket as a page of this origin would, such as https://app.example");

    private readonly Option<int?> port = new("--port", "-p")
    {
        Description = "Port of hubs on this machine, which firewalls must let in [default: that of the hub and of those found, else 8080]",
        HelpName = "port",
        CustomParser = result => OptionValue.Number(result, 1, 65535),
    };

    private readonly Option<string[]> interfaces =
        OptionValue.Interfaces("Network interface to look at, by name or address; may be repeated [default: all but containers and VPNs]");

    private readonly Option<TimeSpan?> timeout = OptionValue.Time("--timeout", "How long to look for hubs [default: 5s]");

    private DoctorCommand()
    {
    }

    public static Command Create(Terminal terminal)
    {
        var doctor = new DoctorCommand();
        var command = new Command(
            "doctor", "Say why hubs and clients do not find or reach each other, and what to do. Exit code 0 when all is well, 7 when not.")
        {
            doctor.hub, doctor.token, doctor.origin, doctor.port, doctor.interfaces, doctor.timeout,
        };
        command.Validators.Add(result =>
        {
            if (result.GetValue(doctor.token) is not null && result.GetValue(doctor.hub) is null)
                result.AddError("--token is for one hub: say which, best by its address (kodama scan lists them).");
        });
        command.SetAction((parsed, _) => DoctorRunner.RunAsync(doctor.Read(parsed), terminal));
        return command;
    }

    private DoctorOptions Read(ParseResult parsed) => new(
        parsed.GetValue(hub), parsed.GetValue(token), parsed.GetValue(origin), parsed.GetValue(port),
        parsed.GetValue(interfaces) ?? [], parsed.GetValue(timeout) ?? DefaultTimeout);
}
