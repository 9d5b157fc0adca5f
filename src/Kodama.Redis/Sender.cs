using System.Threading.Channels;
using StackExchange.Redis;

namespace Kodama.Redis;

/// <summary>
/// Sends what rooms have appended, in order, without waiting; and tells them the answers, in the order in which it was sent.
/// </summary>
internal sealed class Sender : IAsyncDisposable
{
    private readonly RedisEngine engine;
    private readonly Channel<object> outgoing = Channel.CreateUnbounded<object>(new() { SingleReader = true });
    private readonly Channel<Sent> answers = Channel.CreateUnbounded<Sent>(new() { SingleReader = true, SingleWriter = true });
    private readonly Task sending;
    private readonly Task reading;

    public Sender(RedisEngine engine)
    {
        this.engine = engine;
        sending = Task.Run(SendAsync);
        reading = Task.Run(ReadAsync);
    }

    /// <summary>The room has something to be sent.</summary>
    public void Add(RedisRoom room) => outgoing.Writer.TryWrite(room);

    /// <summary>The room of this name was closed.</summary>
    public void Leave(byte[] name) => outgoing.Writer.TryWrite(name);

    public async ValueTask DisposeAsync()
    {
        outgoing.Writer.TryComplete();
        await sending;
        answers.Writer.TryComplete();
        await reading;
    }

    private async Task SendAsync()
    {
        await foreach (var next in outgoing.Reader.ReadAllAsync())
        {
            if (next is not RedisRoom room) engine.Leave((byte[])next);
            else if (engine.Link.Scripts is not { } scripts) room.NotSent();
            else while (room.TakeToSend() is { } call) answers.Writer.TryWrite(new Sent(call, SendAsync(call, scripts[Script.Append])));
        }
    }

    private async Task ReadAsync()
    {
        await foreach (var (call, answer) in answers.Reader.ReadAllAsync())
        {
            try
            {
                call.Room.Post(new Answered(call, CallReply.Read(call.Entries, await answer), null));
            }
            catch (Exception exception)
            {
                call.Room.Post(new Answered(call, default, exception));
            }
        }
    }

    private Task<RedisResult> SendAsync(RoomCall call, byte[] script)
    {
        try
        {
            return call.SendAsync(engine, script);
        }
        catch (Exception exception)
        {
            return Task.FromException<RedisResult>(exception);
        }
    }

    private readonly record struct Sent(RoomCall Call, Task<RedisResult> Answer);
}
