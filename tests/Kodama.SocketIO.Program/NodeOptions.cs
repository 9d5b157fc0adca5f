using System.Text.Json;
using Kodama.Server;

namespace Kodama.SocketIO.Program;

/// <summary>The options of node's server, in JSON, as those of Kodama's.</summary>
internal static class NodeOptions
{
    public static void Apply(JsonElement json, SocketIOOptions options)
    {
        options.KeepHeaders = true;
        foreach (var option in json.EnumerateObject()) Apply(option.Name, option.Value, options);
    }

    private static void Apply(string name, JsonElement value, SocketIOOptions options)
    {
        switch (name)
        {
            case "path":
                options.Path = value.GetString()!;
                break;
            case "addTrailingSlash":
                options.AddTrailingSlash = value.GetBoolean();
                break;
            case "transports":
                var transports = Texts(value);
                options.Polling = transports.Contains("polling");
                options.WebSockets = transports.Contains("websocket");
                break;
            case "allowUpgrades":
                options.AllowUpgrades = value.GetBoolean();
                break;
            case "allowEIO3":
                options.AllowEIO3 = value.GetBoolean();
                break;
            case "httpCompression":
                options.HttpCompression = value.GetBoolean();
                break;
            case "serveClient":
                options.ServeClient = value.GetBoolean();
                break;
            case "maxHttpBufferSize":
                options.MaxHttpBufferSize = value.GetInt32();
                break;
            case "pingInterval":
                options.PingInterval = Milliseconds(value);
                break;
            case "pingTimeout":
                options.PingTimeout = Milliseconds(value);
                break;
            case "upgradeTimeout":
                options.UpgradeTimeout = Milliseconds(value);
                break;
            case "connectTimeout":
                options.ConnectTimeout = Milliseconds(value);
                break;
            case "initialPacket":
                options.InitialPacket = value.GetString();
                break;
            case "parser":
                options.Parser = Enum.Parse<SocketIOParser>(value.GetString()!);
                break;
            case "cookie":
                options.Cookie = new SessionCookie();
                break;
            case "perMessageDeflate":
                options.PerMessageDeflate = new();
                break;
            case "cors":
                Apply(value, options.Cors);
                break;
            case "connectionStateRecovery":
                options.ConnectionStateRecovery = Recovery(value);
                break;
            case "refuses":
                options.AllowRequest = context => ValueTask.FromResult(
                    context.Request.Query["refuse"] is [{ } why] ? AuthenticationResult.Refuse(why) : AuthenticationResult.Accept());
                break;
            default:
                throw new InvalidOperationException($"Option {name} has no counterpart here.");
        }
    }

    private static void Apply(JsonElement json, CorsOptions cors)
    {
        if (json.TryGetProperty("origin", out var origin))
        {
            if (origin.ValueKind == JsonValueKind.Array) cors.WithOrigins([.. Texts(origin)]);
            else if (origin.ValueKind == JsonValueKind.True) cors.WithOrigins(_ => true);
            else cors.WithOrigin(origin.GetString()!);
        }
        if (json.TryGetProperty("credentials", out var credentials)) cors.Credentials = credentials.GetBoolean();
        if (json.TryGetProperty("methods", out var methods)) Replace(cors.Methods, methods);
        if (json.TryGetProperty("allowedHeaders", out var allowed)) Replace(cors.AllowedHeaders, allowed);
        if (json.TryGetProperty("exposedHeaders", out var exposed)) Replace(cors.ExposedHeaders, exposed);
        if (json.TryGetProperty("maxAge", out var maxAge)) cors.MaxAge = TimeSpan.FromSeconds(maxAge.GetInt32());
    }

    private static RecoveryOptions Recovery(JsonElement json)
    {
        var recovery = new RecoveryOptions();
        if (json.TryGetProperty("maxDisconnectionDuration", out var duration)) recovery.MaxDisconnectionDuration = Milliseconds(duration);
        if (json.TryGetProperty("skipMiddlewares", out var skips)) recovery.SkipMiddlewares = skips.GetBoolean();
        return recovery;
    }

    private static void Replace(IList<string> list, JsonElement values)
    {
        list.Clear();
        foreach (var value in Texts(values)) list.Add(value);
    }

    private static IEnumerable<string> Texts(JsonElement array) => array.EnumerateArray().Select(value => value.GetString()!);

    private static TimeSpan Milliseconds(JsonElement value) => TimeSpan.FromMilliseconds(value.GetDouble());
}
