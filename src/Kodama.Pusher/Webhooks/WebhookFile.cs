using System.Globalization;
using System.Text;

namespace Kodama.Pusher;

/// <summary>
/// What waits for a webhook, in a file: a line <c>+TIME EVENT</c> for what has come, and <c>-COUNT</c> for what has been taken of the
/// oldest. Only added to, until more of it is over than waits: then another takes its place. Empty, when nothing waits. A last line that
/// was cut off counts for nothing.
/// </summary>
internal sealed class WebhookFile : IDisposable
{
    private const long Small = 64 * 1024;

    private readonly string path;
    private readonly Queue<int> sizes = [];
    private FileStream file;

    // Bytes of the lines of what waits.
    private long live;

    private WebhookFile(string path)
    {
        this.path = path;
        file = OpenStream(path, FileMode.OpenOrCreate, bufferSize: 0);
    }

    /// <summary>Opens it, and answers what waits in it.</summary>
    /// <exception cref="IOException">It cannot be opened, read or written.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be.</exception>
    public static WebhookFile Open(string path, Queue<WebhookEvent> waiting)
    {
        var opened = new WebhookFile(path);
        try
        {
            var bytes = new byte[opened.file.Length];
            opened.file.ReadExactly(bytes);
            Read(bytes, waiting);
            foreach (var happened in waiting) opened.Count(Line(happened));
            if (opened.live < bytes.Length) opened.Rewrite(waiting);
            return opened;
        }
        catch
        {
            opened.Dispose();
            throw;
        }
    }

    public void Add(WebhookEvent happened)
    {
        var line = Line(happened);
        file.Write(line);
        Count(line);
    }

    /// <summary>The oldest have been taken, or lost; <paramref name="left"/> are the others.</summary>
    public void Take(int count, Queue<WebhookEvent> left)
    {
        for (var i = 0; i < count; i++) live -= sizes.Dequeue();
        var isMostOver = file.Length - live > Math.Max(live, Small);
        if (left.Count == 0 || isMostOver) Rewrite(left);
        else file.Write(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"-{count}\n")));
    }

    /// <summary>These wait, and nothing else.</summary>
    public void Replace(Queue<WebhookEvent> waiting)
    {
        live = 0;
        sizes.Clear();
        foreach (var happened in waiting) Count(Line(happened));
        Rewrite(waiting);
    }

    public void Dispose() => file.Dispose();

    private static FileStream OpenStream(string path, FileMode mode, int bufferSize)
    {
        var options = FileRights.Options(mode, FileAccess.ReadWrite, FileShare.None);
        options.BufferSize = bufferSize;
        return new FileStream(path, options);
    }

    private static byte[] Line(WebhookEvent happened) =>
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

    private void Count(byte[] line)
    {
        sizes.Enqueue(line.Length);
        live += line.Length;
    }

    // A process that is killed meanwhile leaves the old file, or the new one.
    private void Rewrite(Queue<WebhookEvent> waiting)
    {
        if (waiting.Count == 0)
        {
            file.SetLength(0);
            file.Position = 0;
            return;
        }
        var other = path + ".new";
        using (var written = OpenStream(other, FileMode.Create, bufferSize: 64 * 1024))
        {
            foreach (var happened in waiting) written.Write(Line(happened));
            written.Flush(flushToDisk: true);
        }
        file.Dispose();
        File.Move(other, path, overwrite: true);
        file = OpenStream(path, FileMode.Open, bufferSize: 0);
        file.Seek(0, SeekOrigin.End);
    }
}
