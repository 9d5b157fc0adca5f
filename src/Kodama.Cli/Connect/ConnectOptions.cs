using System.Security.Cryptography;
using Kodama.Cli.Hubs;

namespace Kodama.Cli.Connect;

/// <summary>What <c>connect</c> was asked for.</summary>
/// <param name="Hub">Name or address; null for the first hub that is found.</param>
/// <param name="Room">The room; null for that of the address, or the hub's default.</param>
/// <param name="Name">What others are to see this peer as; empty for nothing, null for the login name of a person and nothing of a
/// program.</param>
/// <param name="Details">What else others are told of this peer.</param>
/// <param name="Token">What the hub asks for; null for that of the address.</param>
/// <param name="Pin">Fingerprint of the hub's certificate.</param>
/// <param name="Json">Whether standard output is JSON.</param>
/// <param name="Stay">Whether to stay after the end of standard input.</param>
/// <param name="Timeout">How long looking for the hub and connecting may take.</param>
/// <param name="Interfaces">Those that discovery is to use.</param>
internal sealed record ConnectOptions(
    string? Hub, string? Room, string? Name, IReadOnlyList<KeyValuePair<string, string>> Details, string? Token, string? Pin,
    bool Json, bool Stay, TimeSpan Timeout, IReadOnlyList<string> Interfaces)
{
    private const string NameDetail = "name";

    /// <summary>Random: by it this peer knows its own connection among those that the hub lists.</summary>
    public string Session { get; } = RandomNumberGenerator.GetHexString(16, lowercase: true);

    /// <summary>The token, be it an option or part of the address that <c>serve</c> printed.</summary>
    public string? FindToken() => Token ?? (Hub is null ? null : HubPlace.TryParse(Hub)?.Token);

    /// <summary>All that others are told of this peer.</summary>
    /// <param name="isPerson">Whether somebody sits at it, who reads what is told. A script tells no stranger who runs it unless asked
    /// to.</param>
    public IReadOnlyList<KeyValuePair<string, string>> Told(bool isPerson)
    {
        var name = Name ?? (isPerson && NameOf(Details) is null ? Environment.UserName : "");
        return name.Length == 0 ? Details : [new(NameDetail, name), .. Details];
    }

    public static string? NameOf(IReadOnlyList<KeyValuePair<string, string>> told) =>
        told.Where(d => d.Key == NameDetail).Select(d => d.Value).LastOrDefault();
}
