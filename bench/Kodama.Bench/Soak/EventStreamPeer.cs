using System.Runtime.CompilerServices;
using System.Text.Json;

namespace Kodama.Bench.Soak;

/// <summary>Reads the room as Server-Sent Events, and publishes by POST.</summary>
internal sealed class EventStreamPeer(Wire wire) : SoakPeer(wire)
{
    // The platform's stream must not be disposed of while it is read.
    private readonly CancellationTokenSource _leaving = new();
    private HttpResponseMessage? _answer;
    private StreamReader? _lines;
    private string _room = "";

    /// <summary>Told of what the hub says it has left out.</summary>
    public Action<string> OnMissed { get; set; } = _ => { };

    public override async Task JoinAsync(string room, CancellationToken cancellationToken)
    {
        _room = room;
        _answer = await Wire.Http.GetAsync($"api/events?room={room}", HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        _answer.EnsureSuccessStatusCode();
        _lines = new StreamReader(await _answer.Content.ReadAsStreamAsync(cancellationToken));
        while (await _lines.ReadLineAsync(cancellationToken) is not "event: snapshot")
        {
        }
    }

    public override Task SayAsync(string text, CancellationToken cancellationToken) => PublishAsync(Wire, _room, text, cancellationToken);

    public override async IAsyncEnumerable<string> HearAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var name = "";
        while (await LineAsync(cancellationToken) is { } line)
        {
            if (line.StartsWith("event: ", StringComparison.Ordinal))
                name = line[7..];
            else if (name == "missed" && line.StartsWith("data: ", StringComparison.Ordinal))
                OnMissed(line[6..]);
            else if (name == "message" && line.StartsWith("data: ", StringComparison.Ordinal) && TextOf(line[6..]) is { } text)
                yield return text;
        }
    }

    public override Task LeaveAsync(CancellationToken cancellationToken) => _leaving.CancelAsync();

    public static async Task PublishAsync(Wire wire, string room, string text, CancellationToken cancellationToken)
    {
        using var body = new StringContent(text);
        using var answer = await wire.Http.PostAsync($"api/rooms/{room}/messages", body, cancellationToken);
        answer.EnsureSuccessStatusCode();
    }

    public override void Dispose()
    {
        _lines?.Dispose();
        _answer?.Dispose();
        _leaving.Dispose();
        base.Dispose();
    }

    // Null when the hub has ended the stream, or this leaves.
    private async Task<string?> LineAsync(CancellationToken cancellationToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _leaving.Token);
        try
        {
            return await _lines!.ReadLineAsync(either.Token);
        }
        catch (OperationCanceledException) when (_leaving.IsCancellationRequested)
        {
            return null;
        }
    }

    // What a Socket.IO client said has arguments.
    private static string? TextOf(string data)
    {
        using var message = JsonDocument.Parse(data);
        if (message.RootElement.TryGetProperty("text", out var text))
            return text.GetString();
        return message.RootElement.TryGetProperty("args", out var args) && args.GetArrayLength() == 1 ? args[0].GetString() : null;
    }
}
