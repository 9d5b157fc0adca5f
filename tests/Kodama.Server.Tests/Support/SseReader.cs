using System.Text.Json;
using Kodama.Testing;

namespace Kodama.Server.Tests;

/// <summary>Reads Server-Sent Events, one at a time.</summary>
internal sealed class SseReader(HttpResponseMessage response, StreamReader reader) : IDisposable
{
    public static async Task<SseReader> OpenAsync(HttpClient client, string path, string? lastEventId = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (lastEventId is not null) request.Headers.Add("Last-Event-ID", lastEventId);
        var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead).Within();
        Assert.True(response.IsSuccessStatusCode, $"{(int)response.StatusCode} {response.ReasonPhrase}");
        return new SseReader(response, new StreamReader(await response.Content.ReadAsStreamAsync()));
    }

    public HttpResponseMessage Response => response;

    /// <summary>The stream's position, as an EventSource keeps it.</summary>
    public string? LastEventId { get; private set; }

    /// <summary>The next event, or null at the end of the stream.</summary>
    public async Task<SseEvent?> ReadAsync()
    {
        var name = "message";
        while (await reader.ReadLineAsync().Within() is { } line)
        {
            if (line.StartsWith("id: ", StringComparison.Ordinal)) LastEventId = line[4..];
            if (line.StartsWith("event: ", StringComparison.Ordinal)) name = line[7..];
            else if (line.StartsWith("data: ", StringComparison.Ordinal))
                return new SseEvent(name, JsonDocument.Parse(line[6..]).RootElement, LastEventId);
        }
        return null;
    }

    /// <summary>The next event that is not of these.</summary>
    public async Task<SseEvent> ReadAsync(string name)
    {
        while (await ReadAsync() is { } happened)
        {
            if (happened.Name == name) return happened;
        }
        throw new EndOfStreamException($"The stream ended before an event \"{name}\".");
    }

    public void Dispose()
    {
        reader.Dispose();
        response.Dispose();
    }
}

internal sealed record SseEvent(string Name, JsonElement Data, string? Id)
{
    public Position Position => Position.TryParse(Id, out var position) ? position : throw new FormatException(Id);

    public string Text(string property) => Data.GetProperty(property).GetString()!;
}
