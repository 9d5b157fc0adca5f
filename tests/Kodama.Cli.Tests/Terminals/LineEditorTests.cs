using Kodama.Cli.Terminals;

namespace Kodama.Cli.Tests.Terminals;

public sealed class LineEditorTests
{
    private readonly LineEditor editor = new();

    [Fact]
    public void Press_TextAndEnter_IsTheLine()
    {
        Type("hello");

        Assert.Equal("hello", Press(ConsoleKey.Enter));
        Assert.True(editor.IsEmpty);
    }

    [Fact]
    public void Press_InTheMiddle_InsertsAndRemovesThere()
    {
        Type("helo");
        Press(ConsoleKey.LeftArrow);
        Type("l");
        Press(ConsoleKey.Home);
        Press(ConsoleKey.Delete);
        Type("H");
        Press(ConsoleKey.End);
        Type("!?");
        Press(ConsoleKey.Backspace);

        Assert.Equal("Hello!", editor.Text);
    }

    [Fact]
    public void Press_BackspaceAfterEmoji_RemovesAllOfIt()
    {
        Type("a🌲");

        Press(ConsoleKey.Backspace);

        Assert.Equal("a", editor.Text);
    }

    [Fact]
    public void Press_ControlKeys_RemoveWordsAndEnds()
    {
        Type("one two three");

        Control(ConsoleKey.W);
        Assert.Equal("one two ", editor.Text);
        Control(ConsoleKey.U);
        Assert.Equal("", editor.Text);
        Type("keep drop");
        for (var i = 0; i < 5; i++) Press(ConsoleKey.LeftArrow);
        Control(ConsoleKey.K);
        Assert.Equal("keep", editor.Text);
    }

    [Fact]
    public void Press_Up_RecallsEarlierLines()
    {
        Type("first");
        Press(ConsoleKey.Enter);
        Type("second");
        Press(ConsoleKey.Enter);

        Press(ConsoleKey.UpArrow);
        Press(ConsoleKey.UpArrow);
        Press(ConsoleKey.UpArrow);
        Assert.Equal("first", editor.Text);
        Press(ConsoleKey.DownArrow);
        Assert.Equal("second", editor.Text);
        Press(ConsoleKey.DownArrow);
        Assert.Equal("", editor.Text);
    }

    [Fact]
    public void Press_ControlCharacter_IsNotTyped()
    {
        editor.Press(new ConsoleKeyInfo('\e', ConsoleKey.Escape, false, false, false));
        editor.Press(new ConsoleKeyInfo('\a', ConsoleKey.G, false, false, true));

        Assert.True(editor.IsEmpty);
    }

    [Fact]
    public void View_LongerThanColumns_ShowsThePartAroundTheCursor()
    {
        Type("0123456789");

        Assert.Equal(("6789", 4), editor.View(5));
        Press(ConsoleKey.Home);
        Assert.Equal(("0123", 0), editor.View(5));
    }

    [Fact]
    public void View_WideCharacters_CountsTheirColumns()
    {
        Type("木霊a");
        Press(ConsoleKey.LeftArrow);

        Assert.Equal(("木霊a", 4), editor.View(20));
    }

    private void Type(string text)
    {
        foreach (var c in text) editor.Press(new ConsoleKeyInfo(c, ConsoleKey.None, false, false, false));
    }

    private string? Press(ConsoleKey key) => editor.Press(new ConsoleKeyInfo('\0', key, false, false, false));

    private void Control(ConsoleKey key) => editor.Press(new ConsoleKeyInfo('\0', key, false, false, true));
}
