using StackExchange.Redis;

namespace Kodama.Redis;

/// <summary>What an error of Redis or of the way there means.</summary>
internal static class RedisErrors
{
    /// <summary>Whether the server has said that it did not do it, as it is not (yet) the one to ask: another try may succeed.</summary>
    public static bool IsElsewhere(Exception exception) => exception is RedisServerException && Begins(
        exception, "NOSCRIPT", "LOADING", "READONLY", "MASTERDOWN", "CLUSTERDOWN", "TRYAGAIN", "MOVED", "ASK", "BUSY ", "NOREPLICAS",
        "NOAUTH", "WRONGPASS");

    /// <summary>Whether the server has said that it did not do it, for a reason that another try does not change.</summary>
    public static bool IsRefusal(Exception exception) =>
        exception is RedisServerException && Begins(exception, "OOM", "MISCONF", "NOPERM");

    /// <summary>What is wrong and what to do.</summary>
    public static string Explain(Exception exception, string address)
    {
        var text = exception.Message;
        return exception switch
        {
            RedisServerException when Begins(exception, "OOM") =>
                $"Redis at {address} is full (OOM): raise its maxmemory, or keep less.",
            RedisServerException when Begins(exception, "MISCONF") =>
                $"Redis at {address} takes nothing, as it cannot save (MISCONF): look to its disk.",
            RedisServerException when Begins(exception, "LOADING") => $"Redis at {address} is loading its data: it will be back by itself.",
            RedisServerException when Begins(exception, "READONLY") =>
                $"Redis at {address} is a replica (READONLY): name its primary, or Sentinel's addresses and serviceName=.",
            RedisServerException when Begins(exception, "NOPERM") =>
                $"Redis at {address} does not allow it ({text}): give the user the right.",
            RedisServerException when Begins(exception, "NOAUTH") => $"Redis at {address} wants a password: give it one (password=...).",
            RedisServerException when Begins(exception, "WRONGPASS") => $"Redis at {address} refuses the user or password.",
            RedisConnectionException { FailureType: ConnectionFailureType.AuthenticationFailure } =>
                $"Redis at {address} refuses the password, or wants one: give the right one (password=...).",
            RedisTimeoutException => $"Redis at {address} does not answer in time.",
            RedisConnectionException or ObjectDisposedException => $"Redis at {address} cannot be reached.",
            _ => $"Redis at {address} cannot be used ({text.TrimEnd('.')}).",
        };
    }

    /// <summary>The same at the start, where somebody can do something about a way that leads nowhere.</summary>
    public static string ExplainStart(Exception exception, string address) => Explain(exception, address) is var text
        && exception is RedisConnectionException { FailureType: not ConnectionFailureType.AuthenticationFailure }
            ? $"{text.TrimEnd('.')}: start it, let this machine in (bind, firewall), or name another address (HOST:PORT)."
            : text;

    private static bool Begins(Exception exception, params ReadOnlySpan<string> codes)
    {
        foreach (var code in codes)
        {
            if (exception.Message.StartsWith(code, StringComparison.Ordinal)) return true;
        }
        return false;
    }
}
