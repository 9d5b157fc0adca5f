namespace Kodama.Server;

/// <summary>Endpoint metadata: the path under which the hub was mapped, without a slash at its end.</summary>
internal sealed record KodamaPrefix(string Value);
