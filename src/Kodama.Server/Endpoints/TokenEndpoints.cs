using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Kodama.Server;

/// <summary><c>/api/admin/tokens</c>: tokens of persons are listed, made and taken back, as by <c>kodama token</c>
/// (docs/specs/http.md).</summary>
internal sealed class TokenEndpoints(RequestGuard guard, AdminAccess admin, PersonTokens tokens, BodyReader bodies, TimeProvider time)
{
    private const string Path = "/api/admin/tokens";
    private const string IdParameter = "id";

    public void Map(IEndpointRouteBuilder api)
    {
        api.MapMethods(Path, [HttpMethods.Get], guard.Admin(With(ListAsync)));
        api.MapMethods(Path, [HttpMethods.Post], guard.Admin(With(CreateAsync)));
        api.MapMethods($"{Path}/{{{IdParameter}}}", [HttpMethods.Delete], guard.Admin(With(RevokeAsync)));
    }

    private RequestDelegate With(Func<HttpContext, TokenFolder, Task> handle) => async context =>
    {
        if (tokens.Folder is not { } folder)
        {
            await HttpError.WriteAsync(
                context, StatusCodes.Status404NotFound, "NO_TOKENS", "This hub takes no tokens of persons: start it with --tokens.");
            return;
        }
        try
        {
            await handle(context, folder);
        }
        catch (ArgumentException exception)
        {
            await HttpError.WriteAsync(context, StatusCodes.Status400BadRequest, "INVALID_TOKEN", exception.Message);
        }
        catch (Exception exception) when (exception is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            await HttpError.WriteAsync(context, StatusCodes.Status503ServiceUnavailable, "UNAVAILABLE", exception.Message);
        }
    };

    private static Task ListAsync(HttpContext context, TokenFolder folder)
    {
        var all = folder.List(out _);
        return JsonList.WriteAsync(context, static _ => { }, "tokens", all, static (json, token) =>
            JsonSerializer.Serialize(json, TokenAnswer.Of(token.Token, token.IsRevoked), ApiJson.Types.TokenAnswer));
    }

    private async Task CreateAsync(HttpContext context, TokenFolder folder)
    {
        using var body = await bodies.ReadAsync(context);
        if (body is null) return;
        var (wanted, rights) = (Read(body.Memory), TokenRights.Write);
        if (wanted?.Name is not { } name || !(wanted.Can is null || TokenClaims.TryReadRights(wanted.Can, out rights)))
            throw new ArgumentException("A token is asked for by a JSON object: name, rooms (a list), can (read, write, admin), expires.");
        var now = time.GetUtcNow();
        var expires = wanted.Expires ?? now + TokenFolder.DefaultLifetime;
        // A token that was stolen is not to outlive itself.
        if (TokenIdentity.TokenOf(admin.Find(context)?.Principal)?.Expires is { } own && expires > own)
        {
            if (wanted.Expires is not null) throw new ArgumentException($"expires is at most that of your own token, {own:O}.");
            expires = own;
        }
        var (token, says) = folder.Create(name, wanted.Rooms ?? [], rights, expires - now);
        context.Response.StatusCode = StatusCodes.Status201Created;
        context.Response.Headers.CacheControl = "no-store";
        var answer = TokenAnswer.Of(says) with { Token = token };
        await context.Response.WriteAsJsonAsync(answer, ApiJson.Types.TokenAnswer, cancellationToken: context.RequestAborted);
    }

    private Task RevokeAsync(HttpContext context, TokenFolder folder)
    {
        folder.Revoke((string)context.GetRouteValue(IdParameter)!);
        tokens.Look();
        context.Response.StatusCode = StatusCodes.Status204NoContent;
        return Task.CompletedTask;
    }

    private static TokenWanted? Read(ReadOnlyMemory<byte> body)
    {
        try
        {
            return JsonSerializer.Deserialize(body.Span, ApiJson.Types.TokenWanted);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
