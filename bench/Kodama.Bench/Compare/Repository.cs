namespace Kodama.Bench.Compare;

internal static class Repository
{
    /// <summary>Its root, above this program.</summary>
    public static string Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Kodama.slnx")))
                return folder.FullName;
        }

        throw new InvalidOperationException(
            $"Kodama.slnx is in no folder above {AppContext.BaseDirectory}: run this from a build in the repository.");
    }
}
