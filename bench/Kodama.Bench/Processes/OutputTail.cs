namespace Kodama.Bench.Processes;

/// <summary>The last lines that a process wrote. Safe from any thread.</summary>
internal sealed class OutputTail(int maxLines)
{
    private readonly Queue<string> _lines = new();

    public void Add(string? line)
    {
        if (line is null)
            return;
        lock (_lines)
        {
            if (_lines.Count == maxLines)
                _lines.Dequeue();
            _lines.Enqueue(line);
        }
    }

    public override string ToString()
    {
        lock (_lines)
            return string.Join('\n', _lines).Trim();
    }
}
