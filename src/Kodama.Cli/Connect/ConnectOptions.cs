using System.Security.Cryptography;
using System.Web;

namespace Kodama.Cli.Connect;

/// <summary>What <c>connect</c> was asked for.</summary>
/// <param name="Hub">Name or address; null for the first hub that is found.</param>
/// <param name="Room">The room; null for that of the address, or the hub's default.</param>
/// <param name="Details">What others are told of this peer.</param>
/// <param name="Token">What the hub asks for.</param>
/// <param name="Pin">Fingerprint of the hub's certificate.</param>
/// <param name="Json">Whether standard output is JSON.</param>
/// <param name="Stay">Whether to stay after the end of standard input.</param>
/// <param name="Timeout">How long looking for the hub and connecting may take.</param>
/// <param name="Interfaces">Those that discovery is to use.</param>
internal sealed record ConnectOptions(
    string? Hub, string? Room, IReadOnlyList<KeyValuePair<string, string>> Details, string? Token, string? Pin, bool Json, bool Stay, TimeSpan Timeout, IReadOnlyList<string> Interfaces)
{
    /// <summary>Random: by it this peer knows its own connection among those that the hub lists.</summary>
    public string Session { get; } = RandomNumberGenerator.GetHexString(16, lowercase: true);

    /// <summary>The token, be it an option or part of the address that <c>serve</c> printed.</summary>
    public string? FindToken() =>
        Token ?? (Hub is not null && Hub.Contains("://", StringComparison.Ordinal) && Uri.TryCreate(Hub, UriKind.Absolute, out var address) ? HttpUtility.ParseQueryString(address.Query)["token"] : null);
}
