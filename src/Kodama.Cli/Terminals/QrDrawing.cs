using System.Text;
using QRCoder;

namespace Kodama.Cli.Terminals;

/// <summary>A QR code in half blocks, two modules to a character.</summary>
internal static class QrDrawing
{
    // Black on white whatever the theme: not every phone reads an inverted code.
    private const string BlackOnWhite = "\e[38;5;16;48;5;231m";
    private const string Reset = "\e[0m";

    /// <summary>Its lines, each <paramref name="width"/> columns wide, with the quiet zone of four modules that ISO/IEC 18004 asks
    /// for.</summary>
    public static IReadOnlyList<string> Draw(string text, out int width)
    {
        using var code = QRCodeGenerator.GenerateQrCode(text, QRCodeGenerator.ECCLevel.L);
        var modules = code.ModuleMatrix;
        width = modules.Count;
        var lines = new List<string>();
        for (var row = 0; row < modules.Count; row += 2)
        {
            var line = new StringBuilder(BlackOnWhite);
            for (var column = 0; column < modules.Count; column++)
            {
                var upper = modules[row][column];
                var lower = row + 1 < modules.Count && modules[row + 1][column];
                line.Append((upper, lower) switch { (true, true) => '█', (true, false) => '▀', (false, true) => '▄', _ => ' ' });
            }
            lines.Add(line.Append(Reset).ToString());
        }
        return lines;
    }
}
