using Microsoft.AspNetCore.Http;

namespace Kodama.Ably;

/// <summary><c>/keys/{name}/...</c>: tokens, and their revocation (RSA8, RSA17).</summary>
internal sealed class KeyApi(AblyHub door)
{
    private const int MaxTargets = 100;
    private static readonly TimeSpan ReauthMargin = TimeSpan.FromSeconds(30);

    public async ValueTask<RestAnswer> HandleAsync(HttpContext context, string[] path, WireElement body)
    {
        if (path is not [_, var name, var operation] || !HttpMethods.IsPost(context.Request.Method))
            return RestAnswer.Of(AblyError.NotFound("Of a key there are POST requestToken and POST revokeTokens."));
        if (door.Apps.FindKey(name) is not { } key) return RestAnswer.Of(AblyError.BadCredentials("No key of this hub has this name."));
        return operation switch
        {
            "requestToken" => await RequestTokenAsync(context.Request, key, body),
            "revokeTokens" => Revoke(context.Request, key, body),
            _ => RestAnswer.Of(AblyError.NotFound("Of a key there are requestToken and revokeTokens.")),
        };
    }

    private async ValueTask<RestAnswer> RequestTokenAsync(HttpRequest request, ApiKey key, WireElement body)
    {
        var shown = request.Headers.Authorization.Count > 0 || request.Query.ContainsKey("key") ? door.Credentials.Read(request).Access
            : null;
        var (access, error) = door.Tokens.Grant(key, body, isTrusted: shown is { IsToken: false } && shown.Key == key);
        if (access is null) return RestAnswer.Of(error!);
        // Taken here first: of two who bring one to two hubs at once, none gets a token.
        if (body["mac"u8].IsText && await door.Others.KnowNonceAsync(Nonces.NameOf(key.Name, body["nonce"u8].Text!)))
            return RestAnswer.Of(Nonces.Used);
        var token = TokenCodec.Write(access);
        if (token.Length > Credentials.MaxSize)
            return RestAnswer.Of(AblyError.BadRequest($"The token would have more than {Credentials.MaxSize} characters: ask for less."));
        return new RestAnswer(201, writer =>
        {
            writer.StartMap().Name("token"u8).Text(token).Name("keyName"u8).Text(key.Name).Name("issued"u8).Number(access.Issued!.Value);
            writer.Name("expires"u8).Number(access.Expires!.Value.ToUnixTimeMilliseconds());
            writer.Name("capability"u8).Text(access.Capability.Text);
            if (access.ClientId is { } clientId) writer.Name("clientId"u8).Text(clientId);
            writer.End();
        });
    }

    private RestAnswer Revoke(HttpRequest request, ApiKey key, WireElement body)
    {
        var (access, error) = door.Credentials.Read(request);
        if (access is null) return RestAnswer.Of(error!);
        if (access.IsToken || access.Key != key)
            return RestAnswer.Of(new AblyError(40162, 401, "Tokens are revoked by Basic authentication with the key that they are by."));
        if (!key.IsRevocable) return RestAnswer.Of(new AblyError(40163, 401, "Tokens of this key cannot be revoked: it has not "
            + "RevocableTokens."));
        var now = door.Time.GetUtcNow();
        var issuedBefore = body["issuedBefore"u8].Integer ?? now.ToUnixTimeMilliseconds() + 1;
        var appliesAt = body["allowReauthMargin"u8].Kind == WireKind.True ? now + ReauthMargin : now;
        var (results, revoked) = (new List<(string Target, AblyError? Error)>(), new List<Revocation>());
        foreach (var target in body["targets"u8].Elements)
        {
            if (results.Count == MaxTargets) return RestAnswer.Of(AblyError.BadRequest(
                $"At most {MaxTargets} targets are revoked at once."));
            var said = target.Text ?? "";
            var colon = said.IndexOf(':', StringComparison.Ordinal);
            var isKnown = colon > 0 && said[..colon] is "clientId" or "revocationKey" or "channel" && said.Length <= 1024;
            var wrong = !isKnown ? AblyError.BadRequest("A target is clientId:, revocationKey: or channel:, and a value.")
                : null;
            if (wrong is null)
            {
                revoked.Add(new(key.Name, said[..colon], said[(colon + 1)..], issuedBefore, appliesAt));
                if (key.App.Revocations.TryAdd(revoked[^1]) is null)
                    wrong = new AblyError(42910, 429, "As many tokens are revoked as the hub keeps in mind: take another key.");
            }
            results.Add((said, wrong));
        }
        door.CheckTokens(appliesAt);
        door.Others.Tell(revoked);
        return new RestAnswer(200, writer =>
        {
            var failed = results.Count(static result => result.Error is not null);
            writer.StartMap().Name("successCount"u8).Number(results.Count - failed).Name("failureCount"u8).Number(failed);
            writer.Name("results"u8).StartArray();
            foreach (var (target, wrong) in results)
            {
                writer.StartMap().Name("target"u8).Text(target);
                if (wrong is not null) wrong.Write(writer.Name("error"u8));
                else writer.Name("issuedBefore"u8).Number(issuedBefore).Name("appliesAt"u8).Number(appliesAt.ToUnixTimeMilliseconds());
                writer.End();
            }
            writer.End().End();
        });
    }
}
