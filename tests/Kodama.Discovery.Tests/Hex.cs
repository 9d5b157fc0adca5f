using System.Text;

namespace Kodama.Discovery.Tests;

/// <summary>Packets as dumps print them: hexadecimal, and text between apostrophes.</summary>
internal static class Hex
{
    public static byte[] Bytes(string dump)
    {
        var bytes = new List<byte>();
        foreach (var (part, i) in dump.Split('\'').Select((p, i) => (p, i)))
            bytes.AddRange(i % 2 == 1
                ? Encoding.UTF8.GetBytes(part)
                : Convert.FromHexString(string.Concat(part.Where(c => !char.IsWhiteSpace(c)))));
        return [.. bytes];
    }
}
