using Microsoft.AspNetCore.Http;

namespace Kodama.Server;

/// <summary>The <c>Server</c> header, whose second word is what the Scanner of <c>local_websocket</c> looks for.</summary>
internal static class ServerHeader
{
    public const string Value = "Kodama local-websocket/1.0.0";

    /// <summary>Writes what every answer has.</summary>
    public static void Write(HttpResponse response)
    {
        response.Headers.Server = Value;
        // JSON is not escaped for HTML: no browser may take it for that.
        response.Headers.XContentTypeOptions = "nosniff";
    }
}
