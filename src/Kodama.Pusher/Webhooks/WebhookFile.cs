using System.Globalization;
using System.Text;

namespace Kodama.Pusher;

/// <summary>
/// What waits for a webhook, in a file: a line <c>+TIME EVENT</c> for what has come, and <c>-COUNT</c> for what has been taken of the
/// oldest. Empty, when nothing waits. A last line that was cut off counts for nothing.
/// </summary>
internal sealed class WebhookFile : IDisposable
{
    private const long Large = 4 * 1024 * 1024;

    private readonly FileStream file;

    private WebhookFile(FileStream file) => this.file = file;

    /// <summary>Opens it, and answers what waits in it.</summary>
    /// <exception cref="IOException">It cannot be opened or read.</exception>
    public static WebhookFile Open(string path, Queue<WebhookEvent> waiting)
    {
        var options = new FileStreamOptions
        {
            Mode = FileMode.OpenOrCreate,
            Access = FileAccess.ReadWrite,
            Share = FileShare.None,
            BufferSize = 0,
        };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        var file = new FileStream(path, options);
        try
        {
            var bytes = new byte[file.Length];
            file.ReadExactly(bytes);
            Read(bytes, waiting);
            var opened = new WebhookFile(file);
            opened.Rewrite(waiting);
            return opened;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    public void Add(in WebhookEvent happened) => file.Write(Line(happened));

    /// <summary>The oldest have been taken, or lost; <paramref name="left"/> are the others.</summary>
    public void Take(int count, Queue<WebhookEvent> left)
    {
        if (left.Count == 0 || file.Length > Large) Rewrite(left);
        else file.Write(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"-{count}\n")));
    }

    public void Dispose() => file.Dispose();

    private static byte[] Line(in WebhookEvent happened) =>
        [.. Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"+{happened.At} ")), .. happened.Json, (byte)'\n'];

    private static void Read(ReadOnlySpan<byte> lines, Queue<WebhookEvent> waiting)
    {
        while (lines.IndexOf((byte)'\n') is var end and >= 0)
        {
            var line = lines[..end];
            lines = lines[(end + 1)..];
            var space = line.IndexOf((byte)' ');
            if (line.IsEmpty) continue;
            if (line[0] == '-' && int.TryParse(line[1..], CultureInfo.InvariantCulture, out var taken))
            {
                for (; taken > 0 && waiting.Count > 0; taken--) waiting.Dequeue();
            }
            else if (line[0] == '+' && space > 0 && long.TryParse(line[1..space], CultureInfo.InvariantCulture, out var at))
            {
                waiting.Enqueue(new WebhookEvent(at, line[(space + 1)..].ToArray()));
            }
        }
    }

    private void Rewrite(Queue<WebhookEvent> waiting)
    {
        file.SetLength(0);
        file.Position = 0;
        foreach (var happened in waiting) Add(happened);
    }
}
