using System.Net;
using StackExchange.Redis;

namespace Kodama.Redis;

/// <summary>
/// Where Redis is, as people write it: <c>HOST:PORT[,options]</c> as StackExchange.Redis reads it, or
/// <c>redis://[user[:password]@]HOST[:PORT][/DATABASE]</c>, and <c>rediss://</c> for TLS.
/// </summary>
internal static class RedisAddress
{
    /// <exception cref="ArgumentException">It is none; the text does not repeat it, as it may hold a password.</exception>
    public static ConfigurationOptions Parse(string text)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(text);
        var options = text.StartsWith("redis://", StringComparison.OrdinalIgnoreCase)
            || text.StartsWith("rediss://", StringComparison.OrdinalIgnoreCase) ? ParseUri(text) : ParseList(text);
        if (options.EndPoints.Count == 0) throw Wrong("names no host");
        return options;
    }

    private static ConfigurationOptions ParseList(string text)
    {
        try
        {
            var options = ConfigurationOptions.Parse(text);
            // As it connects to, so that an error names it. Of Sentinels it is another.
            if (string.IsNullOrEmpty(options.ServiceName)) options.SetDefaultPorts();
            return options;
        }
        catch (Exception exception) when (exception is ArgumentException or FormatException)
        {
            throw Wrong("has an option that is not known, or a value that does not fit");
        }
    }

    private static ConfigurationOptions ParseUri(string text)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out var uri) || uri.Host.Length == 0) throw Wrong("is no address");
        const int usual = 6379;
        var options = new ConfigurationOptions { Ssl = uri.Scheme == "rediss" };
        var host = uri.Host.Trim('[', ']');
        var port = uri.Port > 0 ? uri.Port : usual;
        options.EndPoints.Add(IPAddress.TryParse(host, out var address) ? new IPEndPoint(address, port) : new DnsEndPoint(host, port));
        var user = uri.UserInfo.Split(':', 2);
        if (user.Length == 2)
        {
            if (user[0].Length > 0) options.User = Uri.UnescapeDataString(user[0]);
            options.Password = Uri.UnescapeDataString(user[1]);
        }
        else if (user[0].Length > 0)
        {
            throw Wrong("has a user and no password: write redis://USER:PASSWORD@HOST, or redis://:PASSWORD@HOST");
        }
        if (uri.AbsolutePath.Trim('/') is { Length: > 0 } path)
        {
            if (!int.TryParse(path, out var database) || database < 0) throw Wrong("names a database that is no number");
            options.DefaultDatabase = database;
        }
        return options;
    }

    private static ArgumentException Wrong(string what) =>
        new($"The address of Redis {what}: write HOST:PORT[,options], or redis://[USER:PASSWORD@]HOST[:PORT][/DATABASE].");
}
