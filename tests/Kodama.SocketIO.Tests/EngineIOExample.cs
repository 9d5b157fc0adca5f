using Kodama.SocketIO;
using Microsoft.AspNetCore.Builder;

namespace Example;

/// <summary>An echo for clients of Engine.IO, such as npm's <c>engine.io-client</c>.</summary>
public static class EngineIOExample
{
    public static void Map(WebApplication app)
    {
        var engine = app.MapEngineIO(socket =>
        {
            socket.OnMessage(message =>
            {
                if (message.IsBinary) socket.Send(message.Bytes.Span);
                else socket.Send($"You said {message.Text}.");
            });
            socket.OnClose(reason => Console.WriteLine($"{socket.Request.RemoteAddress} has gone: {reason}"));
            socket.Send("Welcome.");
        });
        engine.OnConnectionError(error => Console.WriteLine($"{error.Code} {error.Message}"));
        engine.OnInitialHeaders(context => context.Response.Cookies.Append("seen", "yes"));
    }
}
