using Kodama.Cli.Terminals;

namespace Kodama.Cli;

/// <summary>What is kept of a hub without a folder for its data, and of this user: in the user's configuration.</summary>
internal static class ConfigFolder
{
    /// <summary>That of kodama.</summary>
    public static string Path => System.IO.Path.Combine(
        Environment.GetFolderPath(Environment.SpecialFolder.ApplicationData, Environment.SpecialFolderOption.DoNotVerify), "kodama");

    /// <summary>Where this machine's hub keeps what has this name: with its data, or here.</summary>
    /// <param name="data">The folder of its data; null or white space for none.</param>
    /// <param name="name">The folder's name there.</param>
    public static string Of(string? data, string name) =>
        System.IO.Path.Combine(string.IsNullOrWhiteSpace(data) ? Path : System.IO.Path.GetFullPath(data), name);

    /// <summary>What a command needs behind it to look in the same place; empty, where it does so by itself.</summary>
    public static string Option(string? data) => string.IsNullOrWhiteSpace(data) ? "" : $" --data {Printable.Argument(data)}";
}
