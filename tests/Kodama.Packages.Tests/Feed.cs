using System.IO.Compression;
using System.Reflection;

namespace Kodama.Packages.Tests;

/// <summary>
/// All packages, packed from what was built, and a folder outside the repository in which they are used: with a home, a cache of packages
/// and a list of feeds of its own, so that nothing of this machine's gets in.
/// </summary>
public sealed class Feed : IAsyncLifetime
{
    // Restoring what packages depend on, from wherever the machine gets packages, takes its time.
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(4);

    private readonly DirectoryInfo root = Directory.CreateTempSubdirectory("kodama-packages-");

    public static string Version { get; } = Metadata("Version");

    /// <summary>The files of packages, by the ids that their names begin with.</summary>
    public IReadOnlyDictionary<string, string> Packages { get; private set; } = new Dictionary<string, string>();

    private string Folder => Path.Combine(root.FullName, "feed");

    /// <summary>A path below the folder in which the packages are used.</summary>
    public string In(string name) => Path.Combine(root.FullName, name);

    public async ValueTask InitializeAsync()
    {
        await File.WriteAllTextAsync(
            In("nuget.config"),
            $"""<configuration><packageSources><add key="kodama" value="{Folder}" /></packageSources></configuration>""");
        var projects = Directory.GetDirectories(Path.Combine(Repository.Root, "src"), "Kodama.*")
            .SelectMany(folder => Directory.GetFiles(folder, "*.csproj"));
        foreach (var project in projects)
            await DotnetAsync("pack", project, "-c", Metadata("Configuration"), "--no-build", "-o", Folder, "--nologo", "-v", "quiet");
        await DotnetAsync("pack", Path.Combine(Repository.Root, "templates", "Kodama.Templates.csproj"), "-o", Folder, "-v", "quiet");
        Packages = Directory.GetFiles(Folder, "*.nupkg").ToDictionary(file => Path.GetFileName(file)[..^$".{Version}.nupkg".Length]);
    }

    /// <summary>Runs a command of dotnet to its end, which must be well.</summary>
    public async Task DotnetAsync(params string[] arguments)
    {
        await using var process = Start("dotnet", arguments);
        var lines = new List<string>();
        var read = Task.Run(async () =>
        {
            await foreach (var line in process.Lines) lines.Add(line);
        });
        await read.Within(Deadline);
        try
        {
            await process.EndAsync();
        }
        catch (InvalidOperationException exception)
        {
            throw new InvalidOperationException($"{exception.Message}\n{string.Join('\n', lines)}", exception);
        }
    }

    /// <summary>Starts a program in the folder.</summary>
    public ChildProcess Start(string program, params string[] arguments) =>
        ChildProcess.Start(program, arguments, root.FullName, new Dictionary<string, string>
        {
            ["DOTNET_CLI_HOME"] = In("home"),
            ["NUGET_PACKAGES"] = In("packages"),
            ["DOTNET_NOLOGO"] = "1",
            ["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1",
        });

    /// <summary>The names of what is in a package.</summary>
    public async Task<IReadOnlyList<string>> ReadNamesAsync(string id)
    {
        await using var package = await ZipFile.OpenReadAsync(Packages[id]);
        return [.. package.Entries.Select(entry => entry.FullName)];
    }

    /// <summary>What a package says of itself.</summary>
    public async Task<string> ReadManifestAsync(string id)
    {
        await using var package = await ZipFile.OpenReadAsync(Packages[id]);
        using var reader = new StreamReader(await package.GetEntry($"{id}.nuspec")!.OpenAsync());
        return await reader.ReadToEndAsync();
    }

    public ValueTask DisposeAsync()
    {
        root.Delete(recursive: true);
        return ValueTask.CompletedTask;
    }

    private static string Metadata(string key) =>
        typeof(Feed).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(data => data.Key == key).Value!;
}
