using System.Text;

namespace Kodama.WebSockets.Tests;

internal sealed class RecordingHandler : IWebSocketHandler
{
    public List<string> Messages { get; } = [];

    public List<(ushort Code, string Reason)> Closed { get; } = [];

    public List<Exception> Failures { get; } = [];

    public int ReadsCompleted { get; private set; }

    /// <summary>What is done with a message before it is counted as handled.</summary>
    public Func<string, ValueTask>? Handle { get; set; }

    public async ValueTask OnMessageAsync(MessageType type, ReadOnlyMemory<byte> payload)
    {
        Assert.Empty(Closed);
        var text = Encoding.UTF8.GetString(payload.Span);
        if (Handle is not null) await Handle(text);
        Messages.Add(text);
    }

    public void OnReadCompleted() => ReadsCompleted++;

    public int Endings { get; private set; }

    public Action? Ending { get; set; }

    public void OnEnding()
    {
        Endings++;
        Ending?.Invoke();
    }

    public void OnClosed(ushort code, string reason) => Closed.Add((code, reason));

    public void OnFailed(Exception exception) => Failures.Add(exception);
}
