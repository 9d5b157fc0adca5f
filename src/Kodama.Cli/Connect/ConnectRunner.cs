using Kodama.Cli.Hubs;
using Kodama.Cli.Terminals;
using Kodama.Client;

namespace Kodama.Cli.Connect;

/// <summary>Joins a hub, with a person, a pipe or a program at this end.</summary>
internal static class ConnectRunner
{
    // What the client's errors call it, for who writes a program.
    private const string PinOfPrograms = "(CertificateFingerprint)";
    private const string PinHere = "(--pin FINGERPRINT)";

    public static async Task<int> RunAsync(ConnectOptions options, Terminal terminal)
    {
        using var signals = new StopSignals(TimeProvider.System);
        var readerGone = OutputReader.Watch();
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(signals.Stopping, readerGone);
        var chats = terminal.IsInteractive && !Console.IsInputRedirected && !options.Json;
        try
        {
            await using var connection = await HubChoice.CreateAsync(options, chats, terminal, stopping.Token);
            if (chats) await ChatAsync(connection, options, terminal, stopping.Token);
            else if (!await PipeAsync(connection, options, terminal, stopping.Token))
            {
                throw new CommandException(
                    ExitCode.NotConnected,
                    "not all that was said has arrived: the hub refused a line, or did not answer the goodbye or what was sent last.");
            }
            return ExitCode.Ok;
        }
        catch (ArgumentException exception)
        {
            throw CommandException.BadOption(exception);
        }
        catch (KodamaClientException exception)
        {
            throw new CommandException(
                exception is HubNotFoundException ? ExitCode.NotFound : ExitCode.NotConnected,
                exception.Message.Replace(PinOfPrograms, PinHere, StringComparison.Ordinal) + Advice(exception),
                exception);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            return readerGone.IsCancellationRequested ? ExitCode.Ok : ExitCode.NotConnected;
        }
    }

    private static async Task ChatAsync(IConnection connection, ConnectOptions options, Terminal terminal, CancellationToken stopping)
    {
        var input = new ChatInput(terminal);
        var view = new ChatView(terminal, input, ConnectOptions.NameOf(options.Told(isPerson: true)), TimeProvider.System);
        try
        {
            await new Conversation(connection, view, options).RunAsync(input, isPipe: false, stopping);
        }
        finally
        {
            terminal.RemoveStatus();
        }
    }

    private static Task<bool> PipeAsync(IConnection connection, ConnectOptions options, Terminal terminal, CancellationToken stopping)
    {
        var isAddress = options.Hub is not null && HubPlace.TryParse(options.Hub) is not null;
        IConversationView view = options.Json ? new JsonView(terminal, TimeProvider.System) : new LineView(terminal, saysWhere: !isAddress);
        return new Conversation(connection, view, options).RunAsync(new LineInput(Console.In), isPipe: true, stopping);
    }

    private static string Advice(KodamaClientException exception) => exception switch
    {
        HubRefusedException { Code: "AUTHENTICATION_FAILED" } => " Give the token that the hub asks for: --token TOKEN",
        HubProtocolException when exception.Message.Contains(PinOfPrograms, StringComparison.Ordinal) =>
            " kodama doctor shows its certificate: compare it with the hub's own.",
        HubNotFoundException or HubUnreachableException or ConnectTimeoutException =>
            " kodama scan lists the hubs of this network, kodama doctor says what may be in the way.",
        _ => "",
    };
}
