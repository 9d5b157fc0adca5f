using System.Security.Cryptography;
using System.Text;

namespace Kodama.Server;

/// <summary>
/// Where the tokens of a hub's persons are made and taken back (docs/specs/tokens.md): a folder with the key that signs them, and the ids
/// of those that were revoked. A hub that uses it notices within a second. Thread-safe.
/// </summary>
public sealed class TokenFolder
{
    /// <summary>How long a token lasts of which nothing else is said.</summary>
    public static readonly TimeSpan DefaultLifetime = TimeSpan.FromDays(30);

    /// <summary>The longest that a token may last.</summary>
    public static readonly TimeSpan LongestLifetime = TimeSpan.FromDays(3660);

    private const string KeyName = "key";
    private const string IssuedName = "issued";
    private const string RevokedName = "revoked";

    private const int IdBytes = 6;

    private readonly string issuedFile;
    private readonly string revokedFile;
    private readonly TimeProvider time;
    private readonly TokenSignature signature;

    private TokenFolder(string folder, string key, TimeProvider time)
    {
        Folder = folder;
        Key = key;
        this.time = time;
        issuedFile = Path.Combine(folder, IssuedName);
        revokedFile = Path.Combine(folder, RevokedName);
        signature = new TokenSignature(key);
    }

    /// <summary>Where it is.</summary>
    public string Folder { get; }

    /// <summary>The key, for a server that makes tokens itself (HS256): as text, in ASCII.</summary>
    public string Key { get; }

    /// <summary>The one of this path; a new one with a new key where there is none.</summary>
    /// <param name="folder">Made, readable by its owner only, where it does not exist.</param>
    /// <param name="time">The clock.</param>
    /// <exception cref="InvalidDataException">What is there is damaged, or its key can be read by others.</exception>
    /// <exception cref="IOException">The folder cannot be used.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder cannot be used.</exception>
    public static TokenFolder Open(string folder, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(time);
        folder = Path.GetFullPath(folder);
        FileRights.MakeFolder(folder);
        var keyFile = Path.Combine(folder, KeyName);
        using (FolderLock.Take(folder))
        {
            if (!File.Exists(keyFile))
            {
                // Whole, or not there.
                Append($"{keyFile}.new", TokenSignature.NewKey(), FileMode.Create);
                File.Move($"{keyFile}.new", keyFile);
            }
            // Whoever runs the hub can read them then, whoever revokes.
            foreach (var name in (string[])[IssuedName, RevokedName]) Append(Path.Combine(folder, name), null);
        }
        var opened = OfFolder(folder, time);
        if (opened.Revoked().Wrong is { } wrong) throw opened.NotAnId(wrong);
        return opened;
    }

    /// <summary>The one of this path; null where none was made.</summary>
    /// <inheritdoc cref="Open"/>
    public static TokenFolder? Find(string folder, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(time);
        folder = Path.GetFullPath(folder);
        return File.Exists(Path.Combine(folder, KeyName)) ? OfFolder(folder, time) : null;
    }

    private static TokenFolder OfFolder(string folder, TimeProvider time)
    {
        var keyFile = Path.Combine(folder, KeyName);
        if (FileRights.AreOthers(keyFile))
            throw new InvalidDataException($"{keyFile} can be read by others, who could make tokens for anybody: chmod 600 it.");
        if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(folder) & (UnixFileMode.GroupWrite | UnixFileMode.OtherWrite)) != 0)
            throw new InvalidDataException($"{folder} can be written by others, who could put another key there: chmod 700 it.");
        var key = File.ReadAllText(keyFile).TrimEnd();
        if (!TokenSignature.IsKey(key))
            throw new InvalidDataException($"{keyFile} holds no key: remove it, and another is made, which ends all tokens.");
        return new TokenFolder(folder, key, time);
    }

    /// <summary>Makes a token.</summary>
    /// <param name="name">Who is to have it: 1 to 64 characters.</param>
    /// <param name="rooms">Patterns of the rooms in which it counts; none for all.</param>
    /// <param name="can">What it lets do there.</param>
    /// <param name="lifetime">Until when, from now on: from a second to <see cref="LongestLifetime"/>.</param>
    /// <returns>The token, which is kept nowhere, and what it says.</returns>
    /// <exception cref="ArgumentException">One of them cannot be in a token.</exception>
    public (string Token, PersonToken Says) Create(string name, IEnumerable<string> rooms, TokenRights can, TimeSpan lifetime)
    {
        if (lifetime < TimeSpan.FromSeconds(1) || lifetime > LongestLifetime)
            throw new ArgumentException($"A token lasts from a second to ten years, and not {lifetime}.", nameof(lifetime));
        var id = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(IdBytes));
        var says = new PersonToken(id, name, [.. rooms], can, time.GetUtcNow() + lifetime);
        if (says.FindFault() is { } fault) throw new ArgumentException($"No token can say that: {fault}.");
        var token = signature.Sign(says);
        if (token.Length > TokenSignature.LongestToken)
            throw new ArgumentException($"A token has at most {TokenSignature.LongestToken} characters: name fewer rooms, or a pattern.");
        using (FolderLock.Take(Folder)) Append(issuedFile, Encoding.UTF8.GetString(TokenClaims.Write(says).Span));
        return (token, says);
    }

    /// <summary>The tokens that were made here and have not expired, the oldest first, with whether they were revoked.</summary>
    /// <param name="unread">Lines that are none: what was not written to its end.</param>
    /// <exception cref="InvalidDataException">Which were revoked cannot be told.</exception>
    public IReadOnlyList<(PersonToken Token, bool IsRevoked)> List(out int unread)
    {
        var now = time.GetUtcNow();
        var (revoked, wrong, _) = Revoked();
        if (wrong is not null) throw NotAnId(wrong);
        var issued = Lines(issuedFile).Select(line => TokenClaims.Read(Encoding.UTF8.GetBytes(line), out _)).ToList();
        unread = issued.Count(token => token is null);
        return [.. issued.OfType<PersonToken>().Where(token => token.Expires > now).Select(token => (token, revoked.Contains(token.Id)))];
    }

    /// <summary>Takes a token back, for ever. False, when it was before.</summary>
    /// <param name="id">Its id; one that was not made here too.</param>
    /// <exception cref="ArgumentException">No token can have this id.</exception>
    /// <exception cref="IOException">It could not be written.</exception>
    public bool Revoke(string id)
    {
        if (!PersonToken.IsId(id)) throw new ArgumentException($"\"{id}\" is no token's id.", nameof(id));
        return Revoke([id]);
    }

    /// <summary>Takes several back. False, when all were before.</summary>
    internal bool Revoke(IReadOnlyCollection<string> ids)
    {
        using (FolderLock.Take(Folder))
        {
            var known = Revoked().Ids;
            string[] added = [.. ids.Where(id => !known.Contains(id))];
            if (added.Length > 0) Append(revokedFile, string.Join('\n', added));
            return added.Length > 0;
        }
    }

    /// <inheritdoc cref="TokenSignature.Read"/>
    internal PersonToken? Read(string token, out string? wrong) => signature.Read(token, out wrong);

    /// <summary>Another, when the list of revoked ones is another.</summary>
    internal (long Length, DateTime Written) RevokedStamp =>
        new FileInfo(revokedFile) is { Exists: true } file
            ? (file.Length, file.LastWriteTimeUtc)
            : throw new FileNotFoundException($"{revokedFile} is not there any more.");

    /// <summary>All that were revoked, the first line that is no id, and which list it was.</summary>
    internal (HashSet<string> Ids, string? Wrong, (long Length, DateTime Written) Stamp) Revoked()
    {
        var stamp = RevokedStamp;
        var lines = Lines(revokedFile);
        return ([.. lines.Where(PersonToken.IsId)], Array.Find(lines, line => !PersonToken.IsId(line)), stamp);
    }

    internal InvalidDataException NotAnId(string line) => new($"{revokedFile} has a line that is no token's id: \"{line}\".");

    // A line is there when its end is: another process may be writing.
    private static string[] Lines(string file)
    {
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var reader = new StreamReader(stream);
        var text = reader.ReadToEnd();
        return text[..(text.LastIndexOf('\n') + 1)].Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
    }

    // Under the lock.
    private static void Append(string file, string? line, FileMode mode = FileMode.OpenOrCreate)
    {
        var options = FileRights.Options(mode, FileAccess.ReadWrite, FileShare.ReadWrite);
        options.BufferSize = 0;
        using var stream = new FileStream(file, options);
        if (line is null) return;
        // Whoever wrote last may not have come to the end of its line.
        var isWhole = stream.Length == 0 || (stream.Seek(-1, SeekOrigin.End) >= 0 && stream.ReadByte() == '\n');
        stream.Seek(0, SeekOrigin.End);
        stream.Write(Encoding.UTF8.GetBytes(isWhole ? $"{line}\n" : $"\n{line}\n"));
        stream.Flush(flushToDisk: true);
    }
}
