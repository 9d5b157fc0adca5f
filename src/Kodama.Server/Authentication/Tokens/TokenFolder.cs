using System.Security.Cryptography;
using System.Text;

namespace Kodama.Server;

/// <summary>
/// Where the tokens of a hub's persons are made and taken back (docs/specs/tokens.md): a folder with the key that signs them, and the ids
/// of those that were revoked. A hub that uses it notices within a second. Thread-safe.
/// </summary>
public sealed class TokenFolder
{
    /// <summary>The longest that a token may last.</summary>
    public static readonly TimeSpan LongestLifetime = TimeSpan.FromDays(3660);

    private const int IdBytes = 6;
    private const UnixFileMode Mine = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode Others = (UnixFileMode)0b000_111_111;

    private readonly string issuedFile;
    private readonly string revokedFile;
    private readonly TimeProvider time;
    private readonly TokenSignature signature;

    private TokenFolder(string folder, string key, TimeProvider time)
    {
        Folder = folder;
        Key = key;
        this.time = time;
        issuedFile = Path.Combine(folder, "issued");
        revokedFile = Path.Combine(folder, "revoked");
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
        var keyFile = Path.Combine(folder, "key");
        if (!File.Exists(keyFile))
        {
            if (OperatingSystem.IsWindows()) Directory.CreateDirectory(folder);
            else Directory.CreateDirectory(folder, Mine | UnixFileMode.UserExecute);
            Append(keyFile, TokenSignature.NewKey(), FileMode.CreateNew);
        }
        if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(keyFile) & Others) != 0)
            throw new InvalidDataException($"{keyFile} can be read by others, who could make tokens for anybody: chmod 600 it.");
        var key = File.ReadAllText(keyFile).TrimEnd();
        if (!TokenSignature.IsKey(key))
            throw new InvalidDataException($"{keyFile} holds no key: remove it, and another is made, which ends all tokens.");
        var opened = new TokenFolder(folder, key, time);
        // Whoever runs the hub can read them then, whoever revokes.
        Append(opened.issuedFile, null);
        Append(opened.revokedFile, null);
        opened.Revoked();
        return opened;
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
        Append(issuedFile, Encoding.UTF8.GetString(TokenClaims.Write(says).Span));
        return (token, says);
    }

    /// <summary>The tokens that were made here and have not expired, the oldest first, with whether they were revoked.</summary>
    /// <exception cref="InvalidDataException">What is kept is damaged.</exception>
    public IReadOnlyList<(PersonToken Token, bool IsRevoked)> List()
    {
        var (now, revoked) = (time.GetUtcNow(), Revoked().Ids);
        var issued = Lines(issuedFile).Select(Parse).Where(token => token.Expires > now);
        return [.. issued.Select(token => (token, revoked.Contains(token.Id)))];

        PersonToken Parse(string line) => TokenClaims.Read(Encoding.UTF8.GetBytes(line), out _)
            ?? throw new InvalidDataException($"{issuedFile} has a line that is no token's: \"{line}\".");
    }

    /// <summary>Takes a token back, for ever. False, when it was before.</summary>
    /// <param name="id">Its id; one that was not made here too.</param>
    /// <exception cref="ArgumentException">No token can have this id.</exception>
    public bool Revoke(string id)
    {
        if (!PersonToken.IsId(id)) throw new ArgumentException($"\"{id}\" is no token's id.", nameof(id));
        if (Revoked().Ids.Contains(id)) return false;
        Append(revokedFile, id);
        return true;
    }

    /// <inheritdoc cref="TokenSignature.Read"/>
    internal PersonToken? Read(string token, out string? wrong) => signature.Read(token, out wrong);

    /// <summary>How long the list of revoked ones is: it only grows.</summary>
    internal long RevokedLength => new FileInfo(revokedFile).Length;

    /// <summary>All that were revoked, and how long their list is.</summary>
    /// <exception cref="InvalidDataException">What is kept is damaged.</exception>
    internal (HashSet<string> Ids, long Length) Revoked()
    {
        var length = RevokedLength;
        HashSet<string> ids = [.. Lines(revokedFile)];
        if (ids.FirstOrDefault(id => !PersonToken.IsId(id)) is { } wrong)
            throw new InvalidDataException($"{revokedFile} has a line that is no token's id: \"{wrong}\".");
        return (ids, length);
    }

    // A line is there when its end is: another process may be writing.
    private static string[] Lines(string file)
    {
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var reader = new StreamReader(stream);
        var text = reader.ReadToEnd();
        return text[..(text.LastIndexOf('\n') + 1)].Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    private static void Append(string file, string? line, FileMode mode = FileMode.OpenOrCreate)
    {
        // Two at once would write over each other: the second fails, and says so.
        var options = new FileStreamOptions { Mode = mode, Access = FileAccess.ReadWrite, Share = FileShare.Read, BufferSize = 0 };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = Mine;
        using var stream = new FileStream(file, options);
        if (line is null) return;
        // Whoever wrote last may not have come to the end of its line.
        var isWhole = stream.Length == 0 || (stream.Seek(-1, SeekOrigin.End) >= 0 && stream.ReadByte() == '\n');
        stream.Seek(0, SeekOrigin.End);
        stream.Write(Encoding.UTF8.GetBytes(isWhole ? $"{line}\n" : $"\n{line}\n"));
    }
}
