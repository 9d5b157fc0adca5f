using static Kodama.WebSockets.Tests.AutobahnFrame;

namespace Kodama.WebSockets.Tests;

/// <summary>Section 9: large messages, whole, in fragments and in small pieces, and many small ones.</summary>
internal static class AutobahnLimitCases
{
    private const int Kib = 1024;
    private const int Mib = 1024 * 1024;

    private static readonly byte[] Bytes = [.. Enumerable.Range(0, 16 * Mib).Select(i => (byte)('a' + i % 26))];

    public static IEnumerable<AutobahnCase> All()
    {
        // The odd sections are text, the even ones binary.
        foreach (var opcode in (int[])[1, 2])
        {
            int[] sizes = [64 * Kib, 256 * Kib, Mib, 4 * Mib, 8 * Mib, 16 * Mib];
            for (var i = 0; i < sizes.Length; i++) yield return Whole($"9.{opcode}.{i + 1}", opcode, sizes[i]);
            int[] fragments = [64, 256, Kib, 4 * Kib, 16 * Kib, 64 * Kib, 256 * Kib, Mib, 4 * Mib];
            for (var i = 0; i < fragments.Length; i++)
            {
                var payload = Payload(4 * Mib);
                yield return AutobahnCase.Clean($"9.{opcode + 2}.{i + 1}", Fragments(opcode, payload, fragments[i]), Of(opcode, payload));
            }
            int[] chops = [64, 128, 256, 512, Kib, 2 * Kib];
            for (var i = 0; i < chops.Length; i++) yield return Whole($"9.{opcode + 4}.{i + 1}", opcode, Mib) with { Chop = chops[i] };
            int[] small = [0, 16, 64, 256, Kib, 4 * Kib];
            for (var i = 0; i < small.Length; i++)
            {
                AutobahnFrame[] thousand = [.. Enumerable.Repeat(Of(opcode, Payload(small[i])), 1000)];
                yield return AutobahnCase.Clean($"9.{opcode + 6}.{i + 1}", thousand, thousand);
            }
        }
    }

    private static AutobahnCase Whole(string number, int opcode, int size)
    {
        var frame = Of(opcode, Payload(size));
        return AutobahnCase.Clean(number, [frame], frame);
    }

    private static ReadOnlyMemory<byte> Payload(int size) => Bytes.AsMemory(0, size);
}
