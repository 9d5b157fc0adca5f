using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Kodama.Server;

/// <summary>
/// Answers with an object that ends in a list, piece by piece as the client takes it: it may be larger than should lie in memory for one
/// client.
/// </summary>
internal static class JsonList
{
    private const int MostBetweenFlushes = 32 * 1024;

    /// <summary>Writes <c>{..., "name":[...]}</c>.</summary>
    /// <param name="context">The request; one of HEAD gets no body.</param>
    /// <param name="writeHead">Writes what stands before the list.</param>
    /// <param name="name">The list's.</param>
    /// <param name="items">What is in it.</param>
    /// <param name="write">Writes one.</param>
    public static async Task WriteAsync<T>(
        HttpContext context, Action<Utf8JsonWriter> writeHead, string name, IEnumerable<T> items, Action<Utf8JsonWriter, T> write)
    {
        context.Response.ContentType = "application/json; charset=utf-8";
        context.Response.Headers.CacheControl = "no-store";
        if (HttpMethods.IsHead(context.Request.Method)) return;
        var output = context.Response.BodyWriter;
        await using var json = new Utf8JsonWriter(output, new JsonWriterOptions { Encoder = ApiJson.Encoder });
        json.WriteStartObject();
        writeHead(json);
        json.WriteStartArray(name);
        var flushed = 0L;
        foreach (var item in items)
        {
            write(json, item);
            if (json.BytesCommitted + json.BytesPending - flushed < MostBetweenFlushes) continue;
            json.Flush();
            flushed = json.BytesCommitted;
            await output.FlushAsync(context.RequestAborted);
        }
        json.WriteEndArray();
        json.WriteEndObject();
    }
}
