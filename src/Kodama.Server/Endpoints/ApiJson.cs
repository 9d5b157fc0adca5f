using System.Text.Encodings.Web;
using System.Text.Json;

namespace Kodama.Server;

/// <summary>How the API writes JSON: for people too, so letters of any script stand for themselves, and little more than JSON asks is
/// escaped.</summary>
/// <remarks>Not for pages: it is sent as <c>application/json</c> or <c>text/event-stream</c>, and with <c>nosniff</c>.</remarks>
internal static class ApiJson
{
    public static JavaScriptEncoder Encoder => JavaScriptEncoder.UnsafeRelaxedJsonEscaping;

    /// <summary>The types of the API.</summary>
    public static KodamaJson Types { get; } = new(new JsonSerializerOptions(KodamaJson.Default.Options) { Encoder = Encoder });
}
