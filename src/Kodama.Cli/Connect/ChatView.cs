using System.Globalization;
using Kodama.Cli.Hubs;
using Kodama.Cli.Terminals;
using Kodama.Client;

namespace Kodama.Cli.Connect;

/// <summary>A conversation for a person: who says what, who comes and goes, and how the connection is.</summary>
/// <param name="terminal">Where.</param>
/// <param name="input">Has the prompt.</param>
/// <param name="name">What others see the person as.</param>
/// <param name="time">The clock on the left.</param>
internal sealed class ChatView(Terminal terminal, ChatInput input, string? name, TimeProvider time) : IConversationView
{
    private const string Bold = "\e[1m";
    private const string Dim = "\e[2m";
    private const string Reset = "\e[0m";
    private const int LongestName = 40;
    private const int MostNamed = 10;

    private bool wasConnected;
    private bool echoes;

    public bool ShowsPeople => true;

    public void Connected(SocketPlace place)
    {
        var joined = name is null ? "joined without a name" : $"joined as {Printable.Line(name, LongestName)}";
        Note(wasConnected ? $"Connected again, to {place}" : $"Connected to {place}, {joined}. Type and press Enter; Ctrl-D leaves.");
        wasConnected = true;
        input.SetPrompt("> ");
    }

    public void Status(ClientStatus status)
    {
        switch (status)
        {
            case ClientStatus.Connecting:
                Note("Connecting…");
                break;
            case ClientStatus.Reconnecting reconnecting:
                input.SetPrompt("(offline) > ");
                Note(Words.Of(reconnecting));
                break;
        }
    }

    public void Entered(HubFacts facts, string room, IReadOnlyList<RoomPeer> others)
    {
        echoes = facts.Echo;
        var names = string.Join(", ", others.Take(MostNamed).Select(Name));
        Note($"{Printable.Line(facts.Name ?? "The hub")}, room {Printable.Line(room)}: " + others.Count switch
        {
            0 => "nobody else is here.",
            <= MostNamed => $"{names} {(others.Count == 1 ? "is" : "are")} here.",
            var count => $"{names} and {count - MostNamed} more are here.",
        });
    }

    public void Joined(RoomPeer peer) => Note($"{Name(peer)} joined.");

    public void Left(RoomPeer peer) => Note($"{Name(peer)} left.");

    public void Message(HubMessage message, RoomPeer? sender) =>
        Write(sender is null ? "" : $"{Bold}{Name(sender)}{Reset}: ", Words.Of(message));

    // Where the hub echoes, it is shown when it comes back: in the order in which all see it.
    public void Sent(string line)
    {
        if (!echoes) Write($"{Bold}you{Reset}: ", Printable.Line(line));
    }

    public void Missing() => Note("Some of what was said is missing here.");

    public void Refused(string line, string why) => Note($"Not said: {Printable.Line(line)}: {Printable.Line(why)}");

    public void Doubtful(string line, bool again) => Note($"The connection broke, and this may not have arrived: {Printable.Line(line)}");

    private static string Name(RoomPeer peer) => Printable.Line(peer.Name, LongestName);

    private void Note(string text) => terminal.WriteLine($"{Dim}{Time()} * {text}{Reset}");

    private void Write(string before, string text) => terminal.WriteLine($"{Dim}{Time()}{Reset} {before}{text}");

    private string Time() => time.GetLocalNow().ToString("HH:mm", CultureInfo.InvariantCulture);
}
