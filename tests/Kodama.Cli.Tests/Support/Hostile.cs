namespace Kodama.Cli.Tests.Support;

/// <summary>A name that nobody has by accident: it would clear the screen, set the title, forge a line, turn what follows around, and be
/// markup.</summary>
internal static class Hostile
{
    public const string Name = "\e[2J\e]0;owned\a[red]Evil[/]\nforged\u202e";

    /// <summary>How it is shown.</summary>
    public const string Shown = "\\u{1b}[2J\\u{1b}]0;owned\\u{7}[red]Evil[/]\\nforged\\u{202e}";
}
