using System.Text;
using static Kodama.WebSockets.Tests.AutobahnFrame;

namespace Kodama.WebSockets.Tests;

/// <summary>
/// What the cases of Autobahn's test suite send (those without compression), written down from its descriptions: 1 framing, 2 pings and
/// pongs, 3 reserved bits, 4 opcodes, 5 fragments, 6 UTF-8, 7 closing, 9 limits, 10 miscellaneous. What must come back is strict.
/// </summary>
internal static class AutobahnCases
{
    private const ushort Protocol = CloseCodes.ProtocolError;

    private static readonly byte[] Bytes8 = Hex.Bytes("00 FF FE FD FC FB 00 FF");

    public static IReadOnlyDictionary<string, AutobahnCase> All { get; } =
        new[]
            {
                Framing(), Pings(), ReservedBits(), Opcodes(), Fragmentation(), AutobahnUtf8Cases.All(), Closing(),
                AutobahnLimitCases.All(), AutoFragments(),
            }
            .SelectMany(cases => cases)
            .ToDictionary(it => it.Number);

    private static IEnumerable<AutobahnCase> Framing()
    {
        int[] sizes = [0, 125, 126, 127, 128, 65535, 65536, 65536];
        for (var i = 0; i < sizes.Length; i++)
        {
            int? chop = i == 7 ? 997 : null;
            var text = Text(new string('*', sizes[i]));
            var binary = Binary([.. Enumerable.Repeat((byte)0xFE, sizes[i])]);
            yield return AutobahnCase.Clean($"1.1.{i + 1}", [text], text) with { Chop = chop };
            yield return AutobahnCase.Clean($"1.2.{i + 1}", [binary], binary) with { Chop = chop };
        }
    }

    private static IEnumerable<AutobahnCase> Pings()
    {
        var bytes = Of(9, Bytes8);
        var longest = Of(9, [.. Enumerable.Repeat((byte)0xFE, 125)]);
        AutobahnFrame[] ten = [.. Enumerable.Range(0, 10).Select(i => Ping($"ping {i}"))];
        AutobahnFrame[] answers = [.. Enumerable.Range(0, 10).Select(i => Pong($"ping {i}"))];
        return
        [
            AutobahnCase.Clean("2.1", [Ping()], Pong()),
            AutobahnCase.Clean("2.2", [Ping("a forest")], Pong("a forest")),
            AutobahnCase.Clean("2.3", [bytes], Of(10, bytes.Payload)),
            AutobahnCase.Clean("2.4", [longest], Of(10, longest.Payload)),
            AutobahnCase.Fails("2.5", Protocol, [Of(9, [.. Enumerable.Repeat((byte)0xFE, 126)])]),
            AutobahnCase.Clean("2.6", [longest], Of(10, longest.Payload)) with { Chop = 1 },
            AutobahnCase.Clean("2.7", [Pong()]),
            AutobahnCase.Clean("2.8", [Pong("not asked for")]),
            AutobahnCase.Clean("2.9", [Pong("not asked for"), Ping("asked")], Pong("asked")),
            AutobahnCase.Clean("2.10", ten, answers),
            AutobahnCase.Clean("2.11", ten, answers) with { Chop = 1 },
        ];
    }

    private static IEnumerable<AutobahnCase> ReservedBits()
    {
        var hello = Text("hello, all");
        return
        [
            AutobahnCase.Fails("3.1", Protocol, [Text("hello, all", rsv: 1)]),
            AutobahnCase.Fails("3.2", Protocol, [hello, Text("hello, all", rsv: 2), Ping()], hello),
            AutobahnCase.Fails("3.3", Protocol, [hello, Text("hello, all", rsv: 3), Ping()], hello),
            AutobahnCase.Fails("3.4", Protocol, [hello, Text("hello, all", rsv: 4), Ping()], hello) with { Chop = 1 },
            AutobahnCase.Fails("3.5", Protocol, [Binary(Bytes8, rsv: 5)]),
            AutobahnCase.Fails("3.6", Protocol, [Of(9, "hello, all"u8.ToArray(), rsv: 6)]),
            AutobahnCase.Fails("3.7", Protocol, [Of(8, [], rsv: 7)]),
        ];
    }

    private static IEnumerable<AutobahnCase> Opcodes()
    {
        var hello = Text("hello, all");
        foreach (var (section, first) in new[] { (1, 0x3), (2, 0xB) })
        {
            yield return AutobahnCase.Fails($"4.{section}.1", Protocol, [Of(first, [])]);
            yield return AutobahnCase.Fails($"4.{section}.2", Protocol, [Of(first + 1, "reserved"u8.ToArray())]);
            yield return AutobahnCase.Fails($"4.{section}.3", Protocol, [hello, Of(first + 2, []), Ping()], hello);
            yield return AutobahnCase.Fails($"4.{section}.4", Protocol, [hello, Of(first + 3, hello.Payload), Ping()], hello);
            yield return AutobahnCase.Fails($"4.{section}.5", Protocol, [hello, Of(first + 4, hello.Payload), Ping()], hello)
                with { Chop = 1 };
        }
    }

    private static IEnumerable<AutobahnCase> Fragmentation()
    {
        AutobahnFrame[] two = [Text("a for", fin: false), More("est")];
        AutobahnFrame[] pinged = [two[0], Ping("between"), two[1]];
        AutobahnFrame[] stray = [More("nothing before"), Text("hello")];
        AutobahnFrame[] strayOpen = [More("nothing before", fin: false), Text("hello")];
        AutobahnFrame[] five =
        [
            Text("f1", fin: false), More("f2", fin: false), Ping("ping 1"), More("f3", fin: false), More("f4", fin: false), Ping("ping 2"),
            More("f5"),
        ];
        AutobahnFrame[] answers = [Pong("ping 1"), Pong("ping 2"), Text("f1f2f3f4f5")];
        return
        [
            AutobahnCase.Fails("5.1", Protocol, [Of(9, "f1"u8.ToArray(), fin: false), More("f2")]),
            AutobahnCase.Fails("5.2", Protocol, [Of(10, "f1"u8.ToArray(), fin: false), More("f2")]),
            AutobahnCase.Clean("5.3", two, Text("a forest")),
            AutobahnCase.Clean("5.4", two, Text("a forest")),
            AutobahnCase.Clean("5.5", two, Text("a forest")) with { Chop = 1 },
            AutobahnCase.Clean("5.6", pinged, Pong("between"), Text("a forest")),
            AutobahnCase.Clean("5.7", pinged, Pong("between"), Text("a forest")),
            AutobahnCase.Clean("5.8", pinged, Pong("between"), Text("a forest")) with { Chop = 1 },
            AutobahnCase.Fails("5.9", Protocol, stray),
            AutobahnCase.Fails("5.10", Protocol, stray),
            AutobahnCase.Fails("5.11", Protocol, stray) with { Chop = 1 },
            AutobahnCase.Fails("5.12", Protocol, strayOpen),
            AutobahnCase.Fails("5.13", Protocol, strayOpen),
            AutobahnCase.Fails("5.14", Protocol, strayOpen) with { Chop = 1 },
            AutobahnCase.Fails("5.15", Protocol, [.. two, .. strayOpen], Text("a forest")),
            AutobahnCase.Fails("5.16", Protocol, [strayOpen[0], .. two, strayOpen[0], .. two]),
            AutobahnCase.Fails("5.17", Protocol, [stray[0], .. two, stray[0], .. two]),
            AutobahnCase.Fails("5.18", Protocol, [two[0], Text("est")]),
            AutobahnCase.Clean("5.19", five, answers),
            AutobahnCase.Clean("5.20", five, answers),
        ];
    }

    private static List<AutobahnCase> Closing()
    {
        var hello = Text("hello, all");
        var bye = Close(CloseCodes.Normal);
        var large = Text(new string('*', 256 * 1024));
        var notUtf8 = Hex.Bytes("CEBAE1BDB9CF83CEBCCEB5 EDA080 656469746564");
        List<AutobahnCase> cases =
        [
            AutobahnCase.Clean("7.1.1", [hello], hello),
            new("7.1.2", [bye, Close(CloseCodes.NoStatus)], [], CloseCodes.Normal),
            new("7.1.3", [bye, Ping()], [], CloseCodes.Normal),
            new("7.1.4", [bye, hello], [], CloseCodes.Normal),
            new("7.1.5", [Text("a for", fin: false), bye, More("est")], [], CloseCodes.Normal),
            // Informational in the suite: here the messages are answered, as they came before the close.
            new("7.1.6", [large, hello, bye, Ping()], [large, hello], CloseCodes.Normal),
            new("7.3.1", [Close(CloseCodes.NoStatus)], [], CloseCodes.NoStatus),
            new("7.3.2", [Close(CloseCodes.NoStatus, (byte)'a')], [], Protocol),
            new("7.3.3", [bye], [], CloseCodes.Normal),
            new("7.3.4", [Close(CloseCodes.Normal, "hello, all"u8.ToArray())], [], CloseCodes.Normal),
            new("7.3.5", [Close(CloseCodes.Normal, Encoding.ASCII.GetBytes(new string('*', 123)))], [], CloseCodes.Normal),
            new("7.3.6", [Close(CloseCodes.Normal, Encoding.ASCII.GetBytes(new string('*', 124)))], [], Protocol),
            new("7.5.1", [Close(CloseCodes.Normal, notUtf8)], [], CloseCodes.InvalidPayload),
            // Informational in the suite: no code above 4999 has a meaning.
            new("7.13.1", [Close(5000)], [], Protocol),
            new("7.13.2", [Close(65535)], [], Protocol),
        ];
        ushort[] valid = [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 3000, 3999, 4000, 4999];
        cases.AddRange(valid.Select((code, i) => new AutobahnCase($"7.7.{i + 1}", [Close(code)], [], code)));
        ushort[] invalid = [0, 999, 1004, 1005, 1006, 1016, 1100, 2000, 2999];
        AutobahnFrame Invalid(ushort code) => Of(8, [(byte)(code >> 8), (byte)code]);
        cases.AddRange(invalid.Select((code, i) => new AutobahnCase($"7.9.{i + 1}", [Invalid(code)], [], Protocol)));
        return cases;
    }

    private static IEnumerable<AutobahnCase> AutoFragments()
    {
        var payload = Encoding.ASCII.GetBytes(new string('*', 65536));
        yield return AutobahnCase.Clean("10.1.1", Fragments(1, payload, 1300), Text(payload));
    }
}
