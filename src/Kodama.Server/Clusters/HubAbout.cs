using System.Text.Json;
using System.Text.Json.Serialization;

namespace Kodama.Server;

/// <summary>What a hub of a cluster tells the others of itself.</summary>
/// <param name="Hub">Its <see cref="Kodama.Hub.Id"/>.</param>
/// <param name="Name">As people call it.</param>
/// <param name="Addresses">Where clients reach it, the best first: http or https, with its prefix. None when it is stopping.</param>
/// <param name="Peers">Connected now.</param>
/// <param name="Rooms">In its memory.</param>
/// <param name="Version">Of its program.</param>
/// <param name="Since">Its start.</param>
internal sealed record HubAbout(
    string Hub, string Name, IReadOnlyList<string> Addresses, int Peers, int Rooms, string Version, DateTimeOffset Since)
{
    public const int MostAddresses = 8;
    private const int MostText = 4096;
    private const int LongestName = 128;

    public string Write()
    {
        var name = Name.Length > LongestName ? Name[..LongestName] : Name;
        return JsonSerializer.Serialize(this with { Name = name }, HubAboutJson.Default.HubAbout);
    }

    /// <summary>Null, where it is none: whoever may write to the engine may write anything.</summary>
    public static HubAbout? Read(string text)
    {
        if (text.Length is 0 or > MostText) return null;
        try
        {
            return JsonSerializer.Deserialize(text, HubAboutJson.Default.HubAbout) is { } about
                && about.Addresses.Count <= MostAddresses && about.Addresses.All(IsAddress) ? about : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    public static bool IsAddress(string address) =>
        Uri.TryCreate(address, UriKind.Absolute, out var uri)
        && uri is { Scheme: "http" or "https", UserInfo: "", Query: "", Fragment: "" };
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true,
    MaxDepth = 8)]
[JsonSerializable(typeof(HubAbout))]
internal sealed partial class HubAboutJson : JsonSerializerContext;
