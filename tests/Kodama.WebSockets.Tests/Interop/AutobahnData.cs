using System.Text;

namespace Kodama.WebSockets.Tests;

/// <summary>Data of the kinds that the Autobahn test suite compresses: JSON, a picture, a play in German, a web page, a PDF.</summary>
internal static class AutobahnData
{
    private const int Size = 200_000;

    private static readonly byte[][] Kinds = [Json(), Picture(), Play(), Page(), Pdf()];

    public static byte[] Of(int kind) => Kinds[kind];

    private static byte[] Json() => Lines(1, r =>
        $"{{\"id\":{r.Next(100_000)},\"name\":\"kodama-{r.Next(50)}\",\"at\":[{r.NextDouble():0.000},{r.NextDouble():0.000}]}},");

    private static byte[] Page() => Lines(3, r =>
        $"<tr class=\"row-{r.Next(3)}\"><td>{r.Next(1000)}</td><td><a href=\"/room/{r.Next(99)}\">room</a></td></tr>\n");

    private static byte[] Play()
    {
        string[] words = ["Wald", "Echo", "über", "größer", "und", "schön", "dein", "der", "König", "spricht", "so", "Nacht"];
        return Lines(2, r => $"{words[r.Next(12)]} {words[r.Next(12)]} {words[r.Next(12)]},\n");
    }

    /// <summary>Each point is near the one before.</summary>
    private static byte[] Picture()
    {
        var random = new Random(4);
        byte[] points = new byte[Size];
        for (int i = 1; i < points.Length; i++)
            points[i] = (byte)(points[i - 1] + random.Next(-2, 3));
        return points;
    }

    /// <summary>Streams that are compressed already, between words.</summary>
    private static byte[] Pdf()
    {
        var random = new Random(5);
        byte[] file = new byte[Size];
        random.NextBytes(file);
        for (int i = 0; i + 40 < file.Length; i += random.Next(500, 3000))
            Encoding.ASCII.GetBytes("endstream endobj 7 0 obj << /Length >>").CopyTo(file, i);
        return file;
    }

    private static byte[] Lines(int seed, Func<Random, FormattableString> line)
    {
        var random = new Random(seed);
        var text = new StringBuilder();
        while (text.Length < Size)
            text.Append(FormattableString.Invariant(line(random)));
        return Encoding.UTF8.GetBytes(text.ToString(0, Size));
    }
}
