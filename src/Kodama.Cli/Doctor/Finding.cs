namespace Kodama.Cli.Doctor;

/// <summary>What the doctor has seen, in plain words.</summary>
/// <param name="Verdict">How bad it is.</param>
/// <param name="Text">One sentence or two. May quote strangers: whoever shows it makes it printable.</param>
/// <param name="Next">What to do about it, if anything.</param>
internal sealed record Finding(Verdict Verdict, string Text, string? Next = null)
{
    public static Finding Good(string text) => new(Verdict.Good, text);

    public static Finding Note(string text, string? next = null) => new(Verdict.Note, text, next);

    public static Finding Bad(string text, string next) => new(Verdict.Bad, text, next);
}

internal enum Verdict
{
    /// <summary>As it should be.</summary>
    Good,

    /// <summary>Worth knowing; may explain what else is wrong.</summary>
    Note,

    /// <summary>Keeps hubs and clients apart.</summary>
    Bad,
}
