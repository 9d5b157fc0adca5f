using System.Diagnostics;
using System.Globalization;

namespace Kodama.Cli.Tests.Support;

/// <summary>The built command line in a terminal that can be looked at: tmux draws what was written, as a person would see it.</summary>
internal sealed class TmuxTerminal : IAsyncDisposable
{
    private static readonly string Program = Path.Combine(AppContext.BaseDirectory, "kodama.dll");
    private readonly string server = $"kodama-{Guid.NewGuid():N}";

    /// <summary>Starts it with these arguments; its exit code is shown as <c>exit=0</c> at the end.</summary>
    public static async Task<TmuxTerminal> StartAsync(string arguments, int columns = 120, int rows = 30)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && File.Exists("/usr/bin/tmux"), "tmux, which makes a terminal, is missing.");
        var terminal = new TmuxTerminal();
        await terminal.TmuxAsync(
            "-f", "/dev/null", "new-session", "-d",
            "-x", columns.ToString(CultureInfo.InvariantCulture), "-y", rows.ToString(CultureInfo.InvariantCulture),
            $"env --default-signal=INT LANG=C.UTF-8 dotnet '{Program}' {arguments}; echo exit=$?; sleep 600");
        return terminal;
    }

    public Task<string> ScreenAsync() => TmuxAsync("capture-pane", "-p");

    /// <summary>Types text, not keys.</summary>
    public Task TypeAsync(string text) => TmuxAsync("send-keys", "-l", text);

    /// <summary>Presses a key as tmux calls it: <c>Enter</c>, <c>C-d</c>, <c>Left</c>.</summary>
    public Task PressAsync(string key) => TmuxAsync("send-keys", key);

    /// <summary>The screen, once it fits.</summary>
    public async Task<string> ScreenAsync(Func<string, bool> fits)
    {
        var end = DateTime.UtcNow + TimeSpan.FromSeconds(60);
        using var poll = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while (true)
        {
            var screen = await ScreenAsync();
            if (fits(screen)) return screen;
            if (DateTime.UtcNow > end) throw new TimeoutException($"The screen never looked so; it is:\n{screen}");
            await poll.WaitForNextTickAsync();
        }
    }

    public Task<string> ShowsAsync(string text) => ScreenAsync(screen => screen.Contains(text, StringComparison.Ordinal));

    public async ValueTask DisposeAsync() => await TmuxAsync("kill-server");

    private async Task<string> TmuxAsync(params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo("tmux", ["-u", "-L", server, .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = await process.StandardError.ReadToEndAsync().WaitAsync(TimeSpan.FromSeconds(60));
        await process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(60));
        if (process.ExitCode != 0 && arguments[0] != "kill-server")
            throw new InvalidOperationException($"tmux {string.Join(' ', arguments)}: {error}");
        return await output;
    }
}
