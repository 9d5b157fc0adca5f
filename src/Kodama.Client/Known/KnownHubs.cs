using System.Security.Cryptography;

namespace Kodama.Client;

/// <summary>
/// The hubs that were met by TLS, in a file: <c>NAME-OR-ADDRESS SHA256</c>, a line each (docs/specs/https.md). Read when the client is
/// made; what is met is added. A file that others write at the same time keeps what was written last.
/// </summary>
internal sealed class KnownHubs
{
    private const int MostBytes = 1024 * 1024;

    private readonly string path;
    private readonly Dictionary<string, string> hubs;

    private KnownHubs(string path, Dictionary<string, string> hubs)
    {
        this.path = path;
        this.hubs = hubs;
    }

    /// <summary>The file, for who has to change it.</summary>
    public string Path => path;

    /// <exception cref="ArgumentException">The file is there, and cannot be read.</exception>
    public static KnownHubs Open(string path)
    {
        try
        {
            path = System.IO.Path.GetFullPath(path);
            return new KnownHubs(path, Read(path));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            // To go on would be to trust whoever answers.
            throw new ArgumentException($"KnownHubs is {path}, which cannot be read: {exception.Message}", exception);
        }
    }

    /// <summary>The fingerprint by which this hub was known the last time; null for one that was never met.</summary>
    public string? Find(string key)
    {
        lock (hubs) return hubs.GetValueOrDefault(Key(key));
    }

    /// <summary>Keeps it. A file that cannot be written is left as it is: the next time it is met for the first time again.</summary>
    public void Remember(string key, string fingerprint)
    {
        key = Key(key);
        lock (hubs)
        {
            if (hubs.GetValueOrDefault(key) == fingerprint) return;
            hubs[key] = fingerprint;
            try
            {
                Write();
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                // Known until the client ends.
            }
        }
    }

    /// <summary>Forgets it, as if it had never been met.</summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void Forget(string key)
    {
        lock (hubs)
        {
            if (hubs.Remove(Key(key))) Write(without: Key(key));
        }
    }

    // Names may hold spaces, which end a key.
    private static string Key(string key) => Uri.EscapeDataString(key.ToLowerInvariant());

    private static Dictionary<string, string> Read(string path)
    {
        var hubs = new Dictionary<string, string>(StringComparer.Ordinal);
        var file = new FileInfo(path);
        if (!file.Exists) return hubs;
        if (file.Length > MostBytes) throw new InvalidDataException($"it has more than {MostBytes} bytes.");
        foreach (var line in File.ReadLines(path))
        {
            if (line.Split(' ', StringSplitOptions.RemoveEmptyEntries) is [{ } key, { Length: 2 * SHA256.HashSizeInBytes } fingerprint]
                && key[0] != '#')
                hubs[key] = fingerprint.ToLowerInvariant();
        }
        return hubs;
    }

    private void Write(string? without = null)
    {
        FileRights.MakeFolder(System.IO.Path.GetDirectoryName(path)!);
        // What others have added since.
        foreach (var (key, fingerprint) in Read(path))
        {
            if (key != without) hubs.TryAdd(key, fingerprint);
        }
        var fresh = $"{path}.{Environment.ProcessId}.new";
        File.WriteAllLines(fresh, hubs.OrderBy(h => h.Key, StringComparer.Ordinal).Select(h => $"{h.Key} {h.Value}"));
        File.Move(fresh, path, overwrite: true);
    }
}
