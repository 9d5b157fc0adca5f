using StackExchange.Redis;

namespace Kodama.Redis;

/// <summary>A time in which a server has data of its own: of one process, and not beyond its becoming a replica.</summary>
internal readonly record struct ServerLife(string RunId, string ReplicationId);

/// <summary>What a server says of itself.</summary>
/// <param name="Life">Which it is.</param>
/// <param name="Version">Of Redis.</param>
/// <param name="IsReplica">Whether it is another's copy.</param>
/// <param name="Appends">appendonly and appendfsync, or null where it may not be asked.</param>
/// <param name="Eviction">maxmemory-policy, where there is a maxmemory; or null.</param>
internal sealed record ServerFacts(
    ServerLife Life, string Version, bool IsReplica, (bool Only, string Sync)? Appends, string? Eviction)
{
    /// <summary>What may be lost, for people; null for nothing.</summary>
    public string? Durability => Appends switch
    {
        null => "It is not known what Redis keeps on its disk, as CONFIG GET is not allowed.",
        (false, _) => "Redis keeps no appendonly file: a crash of it loses what was acknowledged since it saved last.",
        (_, "always") => null,
        (_, "everysec") => "Redis has appendfsync everysec: a crash of it loses about a second of what was acknowledged.",
        (_, var sync) => $"Redis has appendfsync {sync}: a crash of its machine loses what the system has not written yet.",
    };

    public static async Task<ServerFacts> ReadAsync(IServer server)
    {
        var info = (string?)await server.ExecuteAsync("INFO") ?? "";
        var fields = info.Split('\n').Select(static line => line.TrimEnd('\r').Split(':', 2)).Where(static pair => pair.Length == 2)
            .DistinctBy(static pair => pair[0]).ToDictionary(static pair => pair[0], static pair => pair[1]);
        (bool, string)? appends = null;
        string? eviction = null;
        try
        {
            var config = (await server.ConfigGetAsync("append*")).Concat(await server.ConfigGetAsync("maxmemory*")).ToDictionary();
            appends = (config.GetValueOrDefault("appendonly") == "yes", config.GetValueOrDefault("appendfsync") ?? "");
            if (config.GetValueOrDefault("maxmemory") is not (null or "0")) eviction = config.GetValueOrDefault("maxmemory-policy");
        }
        catch (RedisServerException)
        {
            // Not allowed, or called otherwise there.
        }
        return new ServerFacts(
            new ServerLife(fields.GetValueOrDefault("run_id") ?? "", fields.GetValueOrDefault("master_replid") ?? ""),
            fields.GetValueOrDefault("redis_version") ?? "", fields.GetValueOrDefault("role") != "master", appends, eviction);
    }

    /// <summary>Why it cannot be used; null, if it can.</summary>
    public string? Refuse(string address)
    {
        if (Life.RunId.Length == 0 || Life.ReplicationId.Length == 0)
            return $"Redis at {address} does not say which process it is (run_id, master_replid): use Redis 7 or later.";
        if (!int.TryParse(Version.Split('.')[0], out var major) || major < 7)
            return $"Redis at {address} is of version {Version}, whose replicas run others' scripts: use 7 or later.";
        if (Eviction is not (null or "noeviction"))
        {
            return $"Redis at {address} has maxmemory-policy {Eviction}, and would take parts of rooms away when it is full: "
                + "set it to noeviction.";
        }
        return IsReplica ? $"Redis at {address} is a replica: name its primary, or Sentinel's addresses and serviceName=." : null;
    }
}
