using System.Text.RegularExpressions;

namespace Kodama.Redis;

/// <summary>The texts of the scripts: each begins with what it is checked by, and takes in what several of them do.</summary>
internal static partial class RedisScripts
{
    /// <summary>Finds the generation of a server, or begins one.</summary>
    public static readonly string Confirm = Read("confirm");

    /// <summary>A script for one server and generation.</summary>
    /// <param name="name">Which.</param>
    /// <param name="prefix">With what keys begin.</param>
    /// <param name="life">Of the server.</param>
    /// <param name="generation">In which what it does is valid.</param>
    /// <param name="nonce">Used once: so that the text exists where it was loaded, and nowhere else.</param>
    public static string Compose(string name, string prefix, ServerLife life, string generation, string nonce) => Include(Read(name))
        .Replace("@PREFIX@", prefix, StringComparison.Ordinal).Replace("@RUN@", life.RunId, StringComparison.Ordinal)
        .Replace("@REPL@", life.ReplicationId, StringComparison.Ordinal)
        .Replace("@GEN@", generation, StringComparison.Ordinal).Replace("@NONCE@", nonce, StringComparison.Ordinal);

    /// <summary>A script that orders nothing, and so may run wherever it is sent.</summary>
    public static string Unchecked(string name, string prefix) => Read(name).Replace("@PREFIX@", prefix, StringComparison.Ordinal);

    private static string Include(string text) => Part().Replace(text, static part => Include(Read(part.Groups[1].Value)));

    private static string Read(string name)
    {
        using var stream = typeof(RedisScripts).Assembly.GetManifestResourceStream(name + ".lua")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }

    [GeneratedRegex("@([a-z]+)@")]
    private static partial Regex Part();
}
