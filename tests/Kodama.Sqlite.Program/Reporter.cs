using System.Text;

namespace Kodama.Sqlite.Program;

/// <summary>Tells the test what happened, a line and a write each: what was told before a kill has been told.</summary>
internal sealed class Reporter : IDisposable
{
    private readonly Stream output = Console.OpenStandardOutput();
    private readonly Lock gate = new();

    public void Tell(string line)
    {
        var bytes = Encoding.UTF8.GetBytes($"{line}\n");
        lock (gate) output.Write(bytes);
    }

    public void Tell(ReadOnlySpan<byte> lines)
    {
        lock (gate) output.Write(lines);
    }

    public void Dispose() => output.Dispose();
}
