using System.Diagnostics;
using Kodama.Cli.Tests.Support;

namespace Kodama.Cli.Tests.Completions;

public class CompletionsTests
{
    [Theory]
    [InlineData("kodama sc", "scan")]
    [InlineData("kodama serve --pusher-a", "--pusher-app")]
    [InlineData("kodama completions fi", "fish")]
    [InlineData("kodama serve --https --tls-c", "--tls-cert")]
    [InlineData("kodama service install -- --na", "--name")]
    public async Task Bash_CompletesCommandsOptionsAndValues(string line, string expected)
    {
        var folder = Directory.CreateTempSubdirectory("kodama-completions-").FullName;
        var program = Path.Combine(AppContext.BaseDirectory, "kodama.dll");
        await File.WriteAllTextAsync(Path.Combine(folder, "kodama"), $"#!/bin/sh\nexec dotnet '{program}' \"$@\"\n");
        const string script =
            """
            chmod +x kodama && PATH=$PWD:$PATH
            source <(kodama completions bash)
            COMP_LINE=$1 COMP_POINT=${#1} COMP_WORDS=($1) COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
            _kodama
            printf '%s\n' "${COMPREPLY[@]}"
            """;
        var start = new ProcessStartInfo("bash", ["-c", script, "bash", line])
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
        };

        using var bash = Process.Start(start)!;

        Assert.Equal($"{expected}\n", await bash.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task NoWord_IsOfferedNoPath()
    {
        var exit = await KodamaProcess.RunAsync("[suggest:12]", "kodama scan ");

        Assert.Contains("--watch", exit.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("/", exit.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("zsh")]
    [InlineData("fish")]
    [InlineData("powershell")]
    public async Task OtherShells_HaveAScriptThatAsksKodama(string shell)
    {
        var exit = await KodamaProcess.RunAsync("completions", shell);

        Assert.Equal(ExitCode.Ok, exit.Code);
        Assert.Contains("[suggest:", exit.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task UnknownShell_IsToldWhichThereAre()
    {
        var exit = await KodamaProcess.RunAsync("completions", "tcsh");

        Assert.Equal(ExitCode.BadOption, exit.Code);
        Assert.Contains("'tcsh'", exit.Error, StringComparison.Ordinal);
        Assert.Contains("bash", exit.Error, StringComparison.Ordinal);
    }
}
