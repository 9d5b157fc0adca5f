using Kodama.Server;

namespace Kodama.Cli.Token;

/// <summary>Where the tokens of this machine's hub are: with its data, or in the user's configuration.</summary>
internal static class TokenFolders
{
    public static string Of(string? data) => ConfigFolder.Of(data, "tokens");

    /// <exception cref="CommandException">What is there cannot be used.</exception>
    public static TokenFolder Open(string? data) => Use(() => TokenFolder.Open(Of(data), TimeProvider.System));

    /// <exception cref="CommandException">There is none, or what is there cannot be used.</exception>
    public static TokenFolder Find(string? data) =>
        Use(() => TokenFolder.Find(Of(data), TimeProvider.System)) ?? throw new CommandException(
            ExitCode.BadData, $"there are no tokens in {Of(data)}: give the --data of serve, as the same user.");

    /// <summary>Does this with the folder, and says what is wrong with it.</summary>
    public static T Use<T>(Func<T> use)
    {
        try
        {
            return use();
        }
        catch (Exception exception) when (exception is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            throw new CommandException(ExitCode.BadData, $"tokens: {exception.Message}", exception);
        }
    }
}
