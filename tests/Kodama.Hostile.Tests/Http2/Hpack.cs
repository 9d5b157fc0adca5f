using System.Text;

namespace Kodama.Hostile.Tests.Http2;

/// <summary>HPACK (RFC 7541) as a client may write it without a table of its own: every field a literal.</summary>
internal static class Hpack
{
    public static byte[] Literals(params IEnumerable<(string Name, string Value)> fields)
    {
        var block = new List<byte>();
        foreach (var (name, value) in fields)
        {
            block.Add(0);
            AddText(block, name);
            AddText(block, value);
        }
        return [.. block];
    }

    /// <summary>A literal that is kept in the table, to be referred to as <see cref="Newest"/>.</summary>
    public static byte[] Kept(string name, string value)
    {
        var block = new List<byte> { 0x40 };
        AddText(block, name);
        AddText(block, value);
        return [.. block];
    }

    /// <summary>A reference to the entry that was kept last, behind the 61 static ones.</summary>
    public const byte Newest = 0x80 | 62;

    private static void AddText(List<byte> block, string text)
    {
        AddInteger(block, text.Length);
        block.AddRange(Encoding.Latin1.GetBytes(text));
    }

    // RFC 7541 section 5.1, with a prefix of 7 bits.
    private static void AddInteger(List<byte> block, int value)
    {
        const int Prefix = 0x7F;
        if (value < Prefix)
        {
            block.Add((byte)value);
            return;
        }
        block.Add(Prefix);
        for (value -= Prefix; value >= 0x80; value >>= 7) block.Add((byte)(value & 0x7F | 0x80));
        block.Add((byte)value);
    }
}
