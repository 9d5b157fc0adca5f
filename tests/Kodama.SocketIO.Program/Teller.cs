using System.Text.Json;

namespace Kodama.SocketIO.Program;

/// <summary>Tells the scenarios what a server's handlers saw, a line each.</summary>
internal sealed class Teller(string server)
{
    private static readonly Lock Gate = new();

    public void Tell(string happened, params object?[] content)
    {
        var line = JsonSerializer.Serialize(new { server, @event = happened, content });
        lock (Gate)
        {
            Console.Out.WriteLine(line);
            Console.Out.Flush();
        }
    }
}
