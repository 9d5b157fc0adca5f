namespace Kodama.Cli.Trust;

/// <summary>A place of this machine where roots that are trusted are kept.</summary>
internal interface ITrustStore
{
    /// <summary>Whose it is, for people.</summary>
    string Name { get; }

    /// <summary>Trusts the root. Null, when that is done; else what is in the way, and what would do it.</summary>
    Task<string?> AddAsync(TrustedRoot root, CancellationToken cancellationToken);

    /// <summary>Takes it out; nothing, where it is not in. Null, when that is done; else what is in the way, and what would do
    /// it.</summary>
    Task<string?> RemoveAsync(TrustedRoot root, CancellationToken cancellationToken);
}
