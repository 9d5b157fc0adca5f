using System.Text.Json.Serialization;

namespace Kodama.Cli.Hubs;

/// <summary>What <c>/api/hub</c> tells (docs/specs/http.md).</summary>
internal sealed record HubFacts(
    string? Name, string? Version, string? DefaultRoom, bool Echo, bool TokenRequired, IReadOnlyList<string>? Addresses,
    string? AdvertisedAs, DateTimeOffset? Now);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(HubFacts))]
internal sealed partial class HubFactsJson : JsonSerializerContext;
