using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using Kodama.Testing;

namespace Kodama.SocketIO.Tests;

/// <summary>Talks to an Engine.IO server by hand, and writes down what it answers, its sids left out.</summary>
internal sealed class Transcript(Uri server) : IDisposable
{
    private static readonly string[] Headers =
    [
        "Cache-Control", "Set-Cookie", "Vary", "Access-Control-Allow-Origin", "Access-Control-Allow-Credentials",
        "Access-Control-Allow-Methods", "Access-Control-Allow-Headers", "Access-Control-Max-Age",
    ];

    private readonly HttpClient client = new() { BaseAddress = server, Timeout = Deadline.Default };
    private readonly StringBuilder text = new();
    private readonly List<string> sids = [];

    public override string ToString() => sids.Aggregate(text.ToString(), (all, sid) => all.Replace(sid, "$", StringComparison.Ordinal));

    private string Sid => sids.LastOrDefault("");

    public async Task OpenAsync(string query = "EIO=4&transport=polling", (string, string)[]? headers = null)
    {
        var body = await RequestAsync("GET", query, headers: headers, writesBody: false);
        AddSid(body.Split('\u001e')[0]);
        Write(body);
    }

    public async Task<string> RequestAsync(
        string method, string query, string? body = null, (string, string)[]? headers = null, bool writesBody = true)
    {
        using var request = new HttpRequestMessage(
            new HttpMethod(method), $"socket.io/?{query.Replace("$", Sid, StringComparison.Ordinal)}");
        if (body is not null) request.Content = new StringContent(body);
        foreach (var (name, value) in headers ?? []) request.Headers.TryAddWithoutValidation(name, value);
        using var response = await client.SendAsync(request).Within();
        var answer = await response.Content.ReadAsStringAsync().Within();
        var entry = new StringBuilder();
        entry.Append(
            CultureInfo.InvariantCulture, $"{method} {query} {body}: {(int)response.StatusCode} {response.Content.Headers.ContentType}");
        foreach (var name in Headers)
        {
            if (response.Headers.TryGetValues(name, out var values))
                entry.Append(CultureInfo.InvariantCulture, $"\n  {name}: {string.Join(", ", values)}");
        }
        if (writesBody) entry.Append(CultureInfo.InvariantCulture, $"\n  {answer}");
        Write(entry.ToString());
        return answer;
    }

    public Task GetAsync() => RequestAsync("GET", "EIO=4&transport=polling&sid=$");

    public Task PostAsync(string body) => RequestAsync("POST", "EIO=4&transport=polling&sid=$", body);

    /// <summary>Shakes hands, and says the status, and the body of a refusal.</summary>
    public async Task<RawClient> ConnectAsync(string query)
    {
        var socket = await RawClient.ConnectAsync(server);
        await socket.SendTextAsync(socket.UpgradeHead($"/socket.io/?{query.Replace("$", Sid, StringComparison.Ordinal)}"));
        var head = await socket.ReadHeadAsync();
        var response = new RawResponse(head);
        Write($"UPGRADE {query}: {response.Status} {response.Header("Content-Type")}");
        if (response.Header("Content-Length") is { } length)
            Write(Encoding.UTF8.GetString(await socket.ReadBytesAsync(int.Parse(length, CultureInfo.InvariantCulture))));
        return socket;
    }

    public async Task SendAsync(RawClient socket, params string[] packets)
    {
        foreach (var packet in packets) await socket.SendAsync(RawFrame.OfText(packet));
    }

    /// <summary>The next frame, or the end.</summary>
    public async Task ReadAsync(RawClient socket)
    {
        var frame = await socket.ReadFrameAsync();
        var open = frame is { Opcode: RawFrame.TextOpcode } && frame.Text.StartsWith("0{", StringComparison.Ordinal);
        if (open) AddSid(frame!.Text);
        Write(frame is null
            ? "end"
            : $"frame {frame.Opcode} {(frame.Opcode == RawFrame.TextOpcode ? frame.Text : Convert.ToHexString(frame.Payload))}");
    }

    public void Dispose() => client.Dispose();

    private void AddSid(string open) => sids.Add(JsonDocument.Parse(open[1..]).RootElement.GetProperty("sid").GetString()!);

    private void Write(string line) => text.AppendLine(line);
}
