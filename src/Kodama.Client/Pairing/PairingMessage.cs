using System.Text.Json.Serialization;

namespace Kodama.Client;

/// <summary>A step of pairing, or the answer to one (docs/specs/https.md).</summary>
internal sealed record PairingMessage(
    string? Session = null, string? Commit = null, string? Reveal = null, string? Name = null, string? Token = null);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(PairingMessage))]
internal sealed partial class PairingJson : JsonSerializerContext;
