using Kodama.Cli.Terminals;
using QRCoder;

namespace Kodama.Cli.Tests.Terminals;

public sealed class QrDrawingTests
{
    [Theory]
    [InlineData("http://192.168.1.20:8080")]
    [InlineData("https://192.168.1.20:8080/?token=a%20much%20longer%20secret%20that%20needs%20a%20larger%20code")]
    public void Draw_Link_HasEveryModuleOfTheCode(string link)
    {
        using var expected = QRCodeGenerator.GenerateQrCode(link, QRCodeGenerator.ECCLevel.L);

        var rows = QrDrawing.Draw(link, out var width).SelectMany(Modules).ToList();

        Assert.Equal(expected.ModuleMatrix.Count, width);
        Assert.All(rows, row => Assert.Equal(width, row.Length));
        Assert.Equal(expected.ModuleMatrix.Select(row => row.Cast<bool>()), rows.Take(width));
        Assert.All(rows.Skip(width), row => Assert.DoesNotContain(true, row));
    }

    private static IEnumerable<bool[]> Modules(string line)
    {
        var cells = line[(line.IndexOf('m', StringComparison.Ordinal) + 1)..line.LastIndexOf('\e')];
        yield return [.. cells.Select(cell => cell is '█' or '▀')];
        yield return [.. cells.Select(cell => cell is '█' or '▄')];
    }
}
