using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using System.Text;

namespace Kodama.Cli.Connect;

/// <summary>Reads Server-Sent Events as a hub writes them: one <c>event:</c> and one <c>data:</c> line each (docs/specs/http.md). Lines are
/// bounded.</summary>
internal static class EventStreamReader
{
    // A snapshot names every peer of the hub, 16,384 at most by default, with some 500 bytes each.
    private const int MaxLine = 16 * 1024 * 1024;

    /// <summary>Name and data of each event, until the stream ends.</summary>
    /// <exception cref="InvalidDataException">A line is longer than any that a hub writes.</exception>
    public static async IAsyncEnumerable<(string Name, string Data)> ReadAsync(
        Stream stream, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var reader = PipeReader.Create(stream);
        var (name, data) = ("", "");
        while (true)
        {
            var read = await reader.ReadAsync(cancellationToken);
            var buffer = read.Buffer;
            while (TryReadLine(ref buffer, out var line))
            {
                if (line.Length == 0)
                {
                    if (data.Length > 0) yield return (name, data);
                    (name, data) = ("", "");
                }
                else if (Value(line, "event:") is { } called) name = called;
                else if (Value(line, "data:") is { } told) data = told;
            }
            if (buffer.Length > MaxLine) throw new InvalidDataException($"The hub sent a line of more than {MaxLine} bytes.");
            reader.AdvanceTo(buffer.Start, buffer.End);
            if (read.IsCompleted) yield break;
        }
    }

    private static bool TryReadLine(ref ReadOnlySequence<byte> buffer, out string line)
    {
        line = "";
        if (buffer.PositionOf((byte)'\n') is not { } end) return false;
        line = Encoding.UTF8.GetString(buffer.Slice(0, end)).TrimEnd('\r');
        buffer = buffer.Slice(buffer.GetPosition(1, end));
        return true;
    }

    private static string? Value(string line, string field) =>
        line.StartsWith(field, StringComparison.Ordinal) ? line[field.Length..].TrimStart(' ') : null;
}
