namespace Kodama.Clients.Tests.Processes;

/// <summary>What must be installed for these tests. Without it a test is skipped and says so; in CI, where nobody reads that, it
/// fails.</summary>
internal static class Tools
{
    /// <summary>Node, with a package of one folder of tests/clients.</summary>
    public static string Node(string folder, string package)
    {
        var node = OnPath("node");
        var installed = Directory.Exists(Path.Combine(Repository.Clients, folder, "node_modules", package));
        Require(installed, $"the package {package}", $"run `npm ci` in tests/clients/{folder}");
        return node;
    }

    /// <summary>Debian's Python, the one for which python3-websockets is packaged.</summary>
    public static string Python()
    {
        const string python = "/usr/bin/python3";
        var installed = File.Exists(python) && Directory.Exists("/usr/lib/python3/dist-packages/websockets");
        Require(installed, "Python with websockets", "install python3-websockets");
        return python;
    }

    public static string Curl() => OnPath("curl");

    public static string Chromium()
    {
        const string chromium = "/usr/bin/chromium";
        Require(File.Exists(chromium), "Chromium", "install chromium");
        return chromium;
    }

    public static string OnPath(string name)
    {
        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator);
        var found = folders.Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists);
        Require(found is not null, name, $"install {name}");
        return found!;
    }

    private static void Require(bool present, string what, string remedy)
    {
        if (present) return;
        var message = $"NOT TESTED: {what} is missing; {remedy}.";
        if (Environment.GetEnvironmentVariable("CI") is "true" or "1") Assert.Fail(message);
        Assert.Skip(message);
    }
}
