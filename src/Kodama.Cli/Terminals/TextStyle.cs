namespace Kodama.Cli.Terminals;

/// <summary>How a text is drawn: ECMA-48's SGR sequence, and the end of it.</summary>
internal sealed record TextStyle(string Sequence)
{
    public const string End = "\e[0m";

    public static readonly TextStyle Plain = new("");
    public static readonly TextStyle Bold = new("\e[1m");
    public static readonly TextStyle Faint = new("\e[2m");

    public string Of(string text) => Sequence.Length == 0 ? text : Sequence + text + End;
}
