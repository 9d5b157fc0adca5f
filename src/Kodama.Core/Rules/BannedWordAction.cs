namespace Kodama;

/// <summary>What happens to a message with a banned word.</summary>
public enum BannedWordAction
{
    /// <summary>It is dropped.</summary>
    Drop,

    /// <summary>It passes with an asterisk for each character of the word.</summary>
    Replace,
}
