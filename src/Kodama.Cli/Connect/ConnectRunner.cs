using Kodama.Cli.Terminals;
using Kodama.Client;

namespace Kodama.Cli.Connect;

/// <summary>Joins a hub, with a person, a pipe or a program at this end.</summary>
internal static class ConnectRunner
{
    public static async Task<int> RunAsync(ConnectOptions options, Terminal terminal)
    {
        using var signals = new StopSignals(TimeProvider.System);
        var chats = terminal.IsInteractive && !Console.IsInputRedirected && !options.Json;
        try
        {
            await using var client = await HubChoice.CreateAsync(options, chats, terminal, signals.Stopping);
            if (chats) await ChatAsync(client, options, terminal, signals.Stopping);
            else await PipeAsync(client, options, terminal, signals.Stopping);
            return ExitCode.Ok;
        }
        catch (ArgumentException exception)
        {
            throw new CommandException(ExitCode.BadOption, exception.Message, exception);
        }
        catch (KodamaClientException exception)
        {
            throw new CommandException(exception is HubNotFoundException ? ExitCode.NotFound : ExitCode.NotConnected, exception.Message + Advice(exception), exception);
        }
        catch (OperationCanceledException) when (signals.Stopping.IsCancellationRequested)
        {
            return ExitCode.NotConnected;
        }
    }

    private static async Task ChatAsync(ConnectedHub hub, ConnectOptions options, Terminal terminal, CancellationToken stopping)
    {
        var input = new ChatInput(terminal);
        try
        {
            await new Conversation(hub, new ChatView(terminal, input, TimeProvider.System), options).RunAsync(input, waits: false, stopping);
        }
        finally
        {
            terminal.RemoveStatus();
        }
    }

    private static Task PipeAsync(ConnectedHub hub, ConnectOptions options, Terminal terminal, CancellationToken stopping) =>
        new Conversation(hub, options.Json ? new JsonView(terminal, TimeProvider.System) : new LineView(terminal), options)
            .RunAsync(new LineInput(Console.In), waits: true, stopping);

    private static string Advice(KodamaClientException exception) => exception switch
    {
        HubRefusedException { Code: "AUTHENTICATION_FAILED" } => " Give the token that the hub asks for: --token TOKEN",
        HubNotFoundException or HubUnreachableException or ConnectTimeoutException => " kodama scan lists the hubs of this network, kodama doctor says what may be in the way.",
        _ => "",
    };
}
