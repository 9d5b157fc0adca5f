using System.Diagnostics;

namespace Kodama.Samples.Tests;

/// <summary>The build of a sample that npm knows.</summary>
internal static class Npm
{
    /// <summary>Bundlers take their time on a busy machine.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(4);

    public static async Task BuildAsync(string sample)
    {
        var start = new ProcessStartInfo("npm", ["run", "build"])
        {
            WorkingDirectory = SampleProcess.Folder(sample),
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["NEXT_TELEMETRY_DISABLED"] = "1";
        using var build = Process.Start(start)!;
        using var deadline = new CancellationTokenSource(Patience);
        var output = build.StandardOutput.ReadToEndAsync(deadline.Token);
        var errors = build.StandardError.ReadToEndAsync(deadline.Token);
        await build.WaitForExitAsync(deadline.Token);
        var said = await output + await errors;
        Assert.True(build.ExitCode == 0, $"npm run build failed in samples/{sample}; has npm ci been run there?\n{said}");
    }
}
