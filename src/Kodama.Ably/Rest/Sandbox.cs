using System.Collections.Concurrent;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;

namespace Kodama.Ably;

/// <summary>Apps for the test suites of SDKs, as ably-common's test-resources describe them (docs/specs/ably.md, H5).</summary>
internal sealed class Sandbox(AblyHub door)
{
    private const int MaxApps = 1000;
    private const int MaxKeys = 100;
    private const int MaxMembers = 100;

    private readonly ConcurrentDictionary<string, SandboxMembers> members = new(StringComparer.Ordinal);

    public async Task<RestAnswer> MakeAsync(HttpContext context, WireDocument? body)
    {
        if (door.Apps.Count >= MaxApps) return RestAnswer.Of(new AblyError(42910, 429, "The sandbox has as many apps as it may: remove "
            + "some."));
        var wanted = body?.Root ?? default;
        if (wanted["keys"u8].Count is 0 or > MaxKeys) return RestAnswer.Of(AblyError.BadRequest($"An app has 1 to {MaxKeys} keys."));
        var app = door.Apps.AddApart(RandomNumberGenerator.GetHexString(8, lowercase: true));
        var keys = new List<(ApiKey Key, string Secret)>();
        foreach (var key in wanted["keys"u8].Elements)
        {
            var capability = key["capability"u8] is { IsNone: false } said ? Capability.Read(said) : Capability.All;
            if (capability is null)
            {
                door.Apps.Remove(app.Id);
                return RestAnswer.Of(AblyError.BadRequest("The capability of a key is none."));
            }
            var (name, secret) = ($"{app.Id}.key{keys.Count}", RandomNumberGenerator.GetHexString(32, lowercase: true));
            keys.Add((app.Add(name, secret, capability, key["revocableTokens"u8].Kind == WireKind.True), secret));
        }
        if (wanted["channels"u8].Count > 0) await EnterAsync(app, wanted["channels"u8]);
        var host = context.Request.Host;
        return new RestAnswer(201, writer =>
        {
            writer.StartMap().Name("appId"u8).Text(app.Id).Name("accountId"u8).Text("kodama").Name("keys"u8).StartArray();
            foreach (var (key, secret) in keys)
            {
                writer.StartMap().Name("keyName"u8).Text(key.Name).Name("keySecret"u8).Text(secret);
                writer.Name("keyStr"u8).Text($"{key.Name}:{secret}").Name("capability"u8).Text(key.Capability.Text);
                writer.Name("revocableTokens"u8).Flag(key.IsRevocable).End();
            }
            writer.End().Name("namespaces"u8).StartArray();
            foreach (var space in wanted["namespaces"u8].Elements) writer.Element(space);
            writer.End().Name("endpoint"u8).Text(host.Host).Name("port"u8).Number(host.Port ?? 80);
            writer.Name("tls"u8).Flag(context.Request.IsHttps).End();
        });
    }

    public Task<RestAnswer> Remove(RestRequest request, string[] path)
    {
        if (path is not [_, var id] || request.App.Id != id || request.Access.IsToken || request.App.Prefix.Length == 0)
            return Task.FromResult(RestAnswer.Of(AblyError.BadCredentials("An app is removed by Basic authentication with a key of it.")));
        door.Apps.Remove(id);
        if (members.TryRemove(id, out var fixtures)) fixtures.Leave();
        foreach (var client in door.Clients)
        {
            if (client.Access.App == request.App) client.Check();
        }
        return Task.FromResult(new RestAnswer(204, null));
    }

    // Members that are there from the beginning, until the app is removed.
    private async ValueTask EnterAsync(App app, WireElement channels)
    {
        if (await SandboxMembers.ComeAsync(door, app) is not { } fixtures) return;
        members[app.Id] = fixtures;
        foreach (var channel in channels.Elements.Take(MaxMembers))
        {
            if (channel["name"u8].Text is not { } name || !ChannelName.IsValid(name, app)) continue;
            foreach (var member in channel["presence"u8].Elements.Take(MaxMembers)) await fixtures.EnterAsync(app.RoomOf(name), member);
        }
    }
}
