using static Kodama.WebSockets.Tests.AutobahnFrame;

namespace Kodama.WebSockets.Tests;

/// <summary>Section 6: texts that are UTF-8 and texts that are not, many of them from Markus Kuhn's stress test.</summary>
internal static class AutobahnUtf8Cases
{
    private const string Kosme = "CEBAE1BDB9CF83CEBCCEB5";

    // By case from 6.5 on; a minus marks what is not UTF-8.
    private static readonly string[][] Sequences =
    [
        ["68656C6C6F24776F726C64", "68656C6C6FC2A2776F726C64", "68656C6C6FE282AC776F726C64", "68656C6C6FF0A4ADA2776F726C64", Kosme],
        ["-CE", "CEBA", "-CEBAE1", "-CEBAE1BD", "CEBAE1BDB9", "-CEBAE1BDB9CF", "CEBAE1BDB9CF83", "-CEBAE1BDB9CF83CE", "CEBAE1BDB9CF83CEBC",
            "-CEBAE1BDB9CF83CEBCCE", Kosme],
        ["00", "C280", "E0A080", "F0908080"],
        ["-F888808080", "-FC8480808080"],
        ["7F", "DFBF", "EFBFBF", "F48FBFBF"],
        ["-F7BFBFBF", "-FBBFBFBFBF", "-FDBFBFBFBFBF"],
        ["ED9FBF", "EE8080", "EFBFBD", "F48FBFBF", "-F4908080"],
        ["-80", "-BF", "-80BF", "-80BF80", "-80BF80BF", "-80BF80BF80", "-80BF80BF80BF", "-" + Run(0x80, 0xBF)],
        ["-" + Lonely(0xC0, 0xDF), "-" + Lonely(0xE0, 0xEF), "-" + Lonely(0xF0, 0xF7), "-" + Lonely(0xF8, 0xFB), "-" + Lonely(0xFC, 0xFD)],
        ["-C0", "-E080", "-F08080", "-F8808080", "-FC80808080", "-DF", "-EFBF", "-F7BFBF", "-FBBFBFBF", "-FDBFBFBFBF"],
        ["-C0E080F08080F8808080FC80808080DFEFBFF7BFBFFBBFBFBFFDBFBFBFBF"],
        ["-FE", "-FF", "-FEFEFFFF"],
        ["-C0AF", "-E080AF", "-F08080AF", "-F8808080AF", "-FC80808080AF"],
        ["-C1BF", "-E09FBF", "-F08FBFBF", "-F887BFBFBF", "-FC83BFBFBFBF"],
        ["-C080", "-E08080", "-F0808080", "-F880808080", "-FC8080808080"],
        ["-EDA080", "-EDADBF", "-EDAE80", "-EDAFBF", "-EDB080", "-EDBE80", "-EDBFBF"],
        ["-EDA080EDB080", "-EDA080EDBFBF", "-EDADBFEDB080", "-EDADBFEDBFBF", "-EDAE80EDB080", "-EDAE80EDBFBF",
            "-EDAFBFEDB080", "-EDAFBFEDBFBF"],
        ["EFBFBE", "EFBFBF", .. NonCharacters()],
        ["EFBFB9", "EFBFBA", "EFBFBB", "EFBFBC", "EFBFBD", "EFBFBE", "EFBFBF"],
    ];

    public static List<AutobahnCase> All()
    {
        const string Said = "Hällo, 木霊! ¿Écho?";
        var kosme = Hex.Bytes(Kosme);
        var surrogate = Hex.Bytes(Kosme + "EDA080 656469746564");
        var tooHigh = Hex.Bytes(Kosme + "F4908080 656469746564");
        List<AutobahnCase> cases =
        [
            AutobahnCase.Clean("6.1.1", [Text("")], Text("")),
            AutobahnCase.Clean("6.1.2", [Text("", fin: false), More("", fin: false), More("")], Text("")),
            AutobahnCase.Clean("6.1.3", [Text("", fin: false), More("middle", fin: false), More("")], Text("middle")),
            AutobahnCase.Clean("6.2.1", [Text(Said)], Text(Said)),
            AutobahnCase.Clean("6.2.2", [Text(Said[..8], fin: false), More(Said[8..])], Text(Said)),
            AutobahnCase.Clean("6.2.3", Fragments(1, System.Text.Encoding.UTF8.GetBytes(Said), 1), Text(Said)),
            AutobahnCase.Clean("6.2.4", Fragments(1, kosme, 1), Text(kosme)),
            Bad("6.3.1", [Text(surrogate)]),
            Bad("6.3.2", Fragments(1, surrogate, 1)),
            // Failed within the second of three frames, or of three parts of one; in the even cases by that one byte which makes it wrong.
            FailsFast("6.4.1", [Text(kosme, fin: false), Of(0, tooHigh[11..15], fin: false), Of(0, tooHigh[15..])], 2 + 11 + 2 + 4),
            FailsFast("6.4.2", [Text(tooHigh[..12], fin: false), Of(0, tooHigh[12..13], fin: false), Of(0, tooHigh[13..])], 2 + 12 + 2 + 1),
            FailsFast("6.4.3", [Text(tooHigh)], 2 + 11 + 4),
            FailsFast("6.4.4", [Text(tooHigh)], 2 + 11 + 2),
        ];
        for (var i = 0; i < Sequences.Length; i++)
        {
            for (var j = 0; j < Sequences[i].Length; j++)
            {
                var number = $"6.{i + 5}.{j + 1}";
                var text = Text(Hex.Bytes(Sequences[i][j].TrimStart('-')));
                cases.Add(Sequences[i][j][0] == '-' ? Bad(number, [text]) : AutobahnCase.Clean(number, [text], text));
            }
        }
        return cases;
    }

    private static AutobahnCase Bad(string number, AutobahnFrame[] sends) => AutobahnCase.Fails(number, CloseCodes.InvalidPayload, sends);

    private static AutobahnCase FailsFast(string number, AutobahnFrame[] sends, int after) =>
        Bad(number, sends) with { FailsAfter = after };

    private static string Run(int from, int to) => string.Concat(Enumerable.Range(from, to - from).Select(b => $"{b:X2}"));

    private static string Lonely(int from, int to) => string.Concat(Enumerable.Range(from, to - from).Select(b => $"{b:X2}20"));

    /// <summary>U+nFFFE and U+nFFFF of planes 1 to 16, as far as four bytes hold them.</summary>
    private static IEnumerable<string> NonCharacters() =>
        from first in (string[])["F0", "F1", "F2", "F3", "F4"]
        from second in (string[])["8F", "9F", "AF", "BF"]
        where (first, second) is not (("F0", "8F") or ("F4", not "8F"))
        from last in (string[])["BE", "BF"]
        select first + second + "BF" + last;
}
