namespace Kodama.Cli.Connect;

/// <summary>The lines of a pipe or a file.</summary>
internal sealed class LineInput(TextReader reader) : IAsyncEnumerable<string>
{
    public async IAsyncEnumerator<string> GetAsyncEnumerator(CancellationToken cancellationToken = default)
    {
        while (true)
        {
            // A read of standard input cannot be given up: the thread that waits in it ends with the process.
            var reading = Task.Run(reader.ReadLine, cancellationToken);
            if (await reading.WaitAsync(cancellationToken) is not { } line) yield break;
            yield return line;
        }
    }
}
