using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace Kodama.Chaos;

/// <summary>What a run itself says in the rooms and reads of them: over HTTP, and past all proxies.</summary>
internal sealed class Conductor(Uri hub) : IDisposable
{
    private readonly HttpClient http = new() { BaseAddress = hub };

    /// <returns>Its offset.</returns>
    public async Task<long> SayAsync(string room, string text)
    {
        using var body = new StringContent(text);
        using var answer = await http.PostAsync($"api/rooms/{room}/messages", body);
        answer.EnsureSuccessStatusCode();
        return (long)(await answer.Content.ReadFromJsonAsync<JsonNode>())!["offset"]!;
    }

    /// <summary>All that the room keeps, each with its offset: <c>17 node-3 5</c>.</summary>
    /// <exception cref="ChaosException">Some of it is gone.</exception>
    public async Task<IReadOnlyList<string>> ReadAsync(string room)
    {
        var newest = await PageAsync(room, "");
        var epoch = ((string)newest["position"]!).Split(':')[0];
        var all = new List<string>();
        for (var (position, hasMore) = ($"{epoch}:0", true); hasMore;)
        {
            var page = await PageAsync(room, $"&after={position}");
            if (page["gap"] is not null) throw new ChaosException($"Of room {room} something is not kept any more, behind {position}.");
            all.AddRange(page["messages"]!.AsArray().Select(Line!));
            (position, hasMore) = ((string)page["position"]!, page["more"] is not null);
        }
        return all;

        static string Line(JsonNode message) =>
            string.Create(CultureInfo.InvariantCulture, $"{((string)message["position"]!).Split(':')[1]} {message["text"]}");
    }

    public void Dispose() => http.Dispose();

    private async Task<JsonNode> PageAsync(string room, string query) =>
        (await http.GetFromJsonAsync<JsonNode>($"api/rooms/{room}/messages?limit=1000{query}"))!;
}
