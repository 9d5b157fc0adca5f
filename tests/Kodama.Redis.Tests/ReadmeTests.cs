using System.Runtime.CompilerServices;

namespace Kodama.Redis.Tests;

public class ReadmeTests
{
    [Fact]
    public async Task Example_Run_PrintsWhatTheReadmeSays()
    {
        using var server = new RedisServer();
        var screen = new StringWriter { NewLine = "\n" };

        await Example.ReadmeExample.RunAsync(server.Address, screen);

        Assert.Equal(Block("text"), screen.ToString());
    }

    [Fact]
    public void Readme_FirstExample_IsTheOneThatCompiles() =>
        Assert.Equal(File.ReadAllText(Path.Combine(Here(), "ReadmeExample.cs")), Block("csharp"));

    private static string Block(string language)
    {
        var readme = File.ReadAllText(Path.Combine(Here(), "../../src/Kodama.Redis/README.md"));
        var start = readme.IndexOf($"```{language}\n", StringComparison.Ordinal) + language.Length + 4;
        return readme[start..readme.IndexOf("```", start, StringComparison.Ordinal)];
    }

    private static string Here([CallerFilePath] string path = "") => Path.GetDirectoryName(path)!;
}
