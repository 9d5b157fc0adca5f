namespace Kodama.Client.Sessions;

/// <summary>What a hub takes, as its hello tells.</summary>
/// <param name="Frame">Bytes of a frame: a larger one would end the connection.</param>
internal sealed record HubLimits(int Frame);
