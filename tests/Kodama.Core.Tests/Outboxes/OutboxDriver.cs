using System.Text;

namespace Kodama.Core.Tests;

internal static class OutboxDriver
{
    public static EnqueueResult Put(this Outbox outbox, string text, SlowPeerPolicy policy = SlowPeerPolicy.Disconnect)
    {
        var frame = Frame.Copy(Encoding.UTF8.GetBytes(text));
        var result = outbox.TryEnqueue(frame, policy);
        frame.Release();
        return result;
    }

    /// <summary>Sends all that waits; one string for each send.</summary>
    public static List<string> TakeAll(this Outbox outbox)
    {
        var sent = new List<string>();
        while (outbox.Peek() is { IsEmpty: false } bytes)
        {
            sent.Add(Encoding.UTF8.GetString(bytes.Span));
            outbox.Advance(bytes.Length);
        }
        return sent;
    }

    /// <summary>A frame in memory that it shares with none, so that references tell who holds it.</summary>
    public static Frame OwnFrame() => Frame.Rent(Frame.LargestShared + 1);
}
