// A quiz: the program asks, and the first right answer scores. Play with any WebSocket client at /ws?name=Yui.
using System.Globalization;
using Kodama;
using Kodama.Server;

(string Text, string Answer)[] questions =
[
    ("What is the highest mountain of Japan?", "Fuji"),
    ("How many bits has an IPv6 address?", "128"),
    ("Which opcode has a WebSocket ping? In decimal.", "9"),
];

var options = new KodamaOptions { Name = "Quiz", DefaultRoom = "quiz" };
options.Rules
    .RequireDetail("name", maxLength: 20, pattern: @"[\p{L}\p{N} _-]+", hint: "Use letters, digits, spaces, - and _.")
    .UniqueDetail("name")
    .MaxMessageSize(100)
    .RateLimit(messages: 3, per: TimeSpan.FromSeconds(5)); // Think first: guesses beyond that are not even heard.

await using var server = new KodamaServer(options);
using var watcher = server.Hub.Watch(new WatchOptions { Room = "quiz" }); // Before the start, so that no player is missed.
await server.StartAsync("0.0.0.0", args is [var port] ? int.Parse(port, CultureInfo.InvariantCulture) : 8080);
Console.WriteLine($"Play at {server.Addresses[0].Replace("http", "ws")}/ws?name=YOUR-NAME. Press Ctrl-C to stop.");
await await Task.WhenAny(PlayAsync(), server.WaitForShutdownAsync());

async Task PlayAsync()
{
    var scores = new Dictionary<Peer, int>();
    var current = 0;
    await foreach (var happened in watcher)
    {
        if (happened is not { Room: { } room, Peer: { } player }) continue; // What this program itself has said.
        switch (happened.Kind)
        {
            case HubEventKind.Join:
                scores[player] = 0;
                player.Send($"Welcome, {player.Details["name"]}. {questions[current].Text}");
                break;
            case HubEventKind.Leave:
                scores.Remove(player);
                break;
            case HubEventKind.Message when scores.ContainsKey(player) && IsRight(happened.Message, questions[current].Answer):
                scores[player]++;
                room.Send($"{player.Details["name"]} is right: {questions[current].Answer}.");
                current = (current + 1) % questions.Length;
                if (current == 0) room.Send($"Scores: {ScoreBoard(scores)}.");
                room.Send(questions[current].Text);
                break;
        }
    }
}

static bool IsRight(in Message guess, string answer) =>
    guess.IsText && guess.Text.Trim().Equals(answer, StringComparison.OrdinalIgnoreCase);

static string ScoreBoard(Dictionary<Peer, int> scores) =>
    string.Join(", ", scores.OrderByDescending(s => s.Value).Select(s => $"{s.Key.Details["name"]} {s.Value}"));
