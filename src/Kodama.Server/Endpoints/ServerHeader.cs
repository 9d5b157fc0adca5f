namespace Kodama.Server;

/// <summary>The <c>Server</c> header, whose second word is what the Scanner of <c>local_websocket</c> looks for.</summary>
internal static class ServerHeader
{
    public const string Value = "Kodama local-websocket/1.0.0";
}
