using System.Text.Unicode;

namespace Kodama.WebSockets.Tests;

public class Utf8ValidatorTests
{
    [Fact]
    public void Append_EverySequenceOfUpToThreeBytes_AgreesWithThePlatform()
    {
        // Of the bytes between, all behave as one of these.
        byte[] edges = [0x00, 0x41, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xC1, 0xC2, 0xDF, 0xE0, 0xE1, 0xEC, 0xED, 0xEE, 0xEF, 0xF0, 0xF1, 0xF3, 0xF4, 0xF5, 0xFF];
        foreach (byte a in edges)
        {
            Check([a]);
            foreach (byte b in edges)
            {
                Check([a, b]);
                foreach (byte c in edges)
                {
                    Check([a, b, c]);
                    foreach (byte d in edges)
                        Check([a, b, c, d]);
                }
            }
        }

        static void Check(ReadOnlySpan<byte> bytes)
        {
            bool expected = Utf8.IsValid(bytes);
            for (int cut = 0; cut <= bytes.Length; cut++)
            {
                Utf8Validator validator = default;
                bool actual = validator.Append(bytes[..cut]) && validator.Append(bytes[cut..]) && validator.IsComplete;
                Assert.True(expected == actual, $"{Hex.Of(bytes)} cut at {cut}: {actual}");
            }
        }
    }

    [Fact]
    public void Append_EveryCharacterByteByByte_IsComplete()
    {
        Span<byte> bytes = stackalloc byte[4];
        for (int value = 0; value <= 0x10FFFF; value++)
        {
            if (!System.Text.Rune.IsValid(value))
                continue;
            Utf8Validator validator = default;
            foreach (byte b in bytes[..new System.Text.Rune(value).EncodeToUtf8(bytes)])
            {
                if (!validator.Append([b]))
                    Assert.Fail($"U+{value:X} is refused.");
            }
            if (!validator.IsComplete)
                Assert.Fail($"U+{value:X} is not complete.");
        }
    }
}
