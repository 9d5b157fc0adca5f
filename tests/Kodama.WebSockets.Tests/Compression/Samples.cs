namespace Kodama.WebSockets.Tests;

internal static class Samples
{
    /// <summary>Words, signs and numbers in any order, the same for the same length.</summary>
    public static byte[] Text(int length)
    {
        var random = new Random(length);
        string[] words = ["forest ", "echo ", "kodama ", "{\"event\":\"move\",\"args\":[", "],", "木霊 ", "0.125,", "\n"];
        IEnumerable<string> text = Enumerable.Range(0, length / 2 + 1).Select(_ => words[random.Next(words.Length)]);
        return [.. text.SelectMany(System.Text.Encoding.UTF8.GetBytes).Take(length)];
    }
}
