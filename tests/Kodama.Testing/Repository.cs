namespace Kodama.Testing;

/// <summary>Where things are in the repository that these tests were built from.</summary>
public static class Repository
{
    public static string Root { get; } = FindRoot();

    /// <summary>The program that people install as <c>kodama</c>, as it was built with these tests.</summary>
    public static string Program { get; } = Path.Combine(
        Root, "src", "Kodama.Cli", "bin", new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name, "net10.0", "kodama.dll");

    /// <summary>The scripts of the clients.</summary>
    public static string Clients => Path.Combine(Root, "tests", "clients");

    /// <summary>Pictures of every state of the pages, for people to look at; not kept in git.</summary>
    public static string Screenshots => Path.Combine(Root, "artifacts", "screenshots");

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Kodama.slnx"))) return folder.FullName;
        }
        throw new DirectoryNotFoundException($"No Kodama.slnx above {AppContext.BaseDirectory}.");
    }
}
