using System.Threading.Channels;

namespace Kodama.Cli.Terminals;

/// <summary>The keys that a person presses, each told once: one reader at a time.</summary>
internal static class Keyboard
{
    private static readonly Lazy<ChannelReader<ConsoleKeyInfo>> Opened = new(Open);

    /// <summary>Read from the first use on; ends when the terminal is gone.</summary>
    public static ChannelReader<ConsoleKeyInfo> Keys => Opened.Value;

    // A read of the keyboard cannot be given up: the thread that waits in it ends with the process, and there is only one.
    private static ChannelReader<ConsoleKeyInfo> Open()
    {
        var keys = Channel.CreateBounded<ConsoleKeyInfo>(1024);
        var thread = new Thread(() =>
        {
            try
            {
                while (true) keys.Writer.WriteAsync(Console.ReadKey(intercept: true)).AsTask().GetAwaiter().GetResult();
            }
            catch (Exception exception) when (exception is InvalidOperationException or IOException)
            {
                // The terminal is gone.
                keys.Writer.TryComplete();
            }
        }) { IsBackground = true, Name = "Keyboard" };
        thread.Start();
        return keys.Reader;
    }
}
