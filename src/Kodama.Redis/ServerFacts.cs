using StackExchange.Redis;

namespace Kodama.Redis;

/// <summary>What a server says of itself.</summary>
/// <param name="RunId">Which process it is.</param>
/// <param name="Version">Of Redis.</param>
/// <param name="IsReplica">Whether it is another's copy.</param>
/// <param name="WasAlone">Whether it has no copy, and was none since it started.</param>
/// <param name="Appends">appendonly and appendfsync, or null where it may not be asked.</param>
/// <param name="Eviction">maxmemory-policy, where there is a maxmemory; or null.</param>
internal sealed record ServerFacts(
    string RunId, string Version, bool IsReplica, bool WasAlone, (bool Only, string Sync)? Appends, string? Eviction)
{
    private const string NoReplica = "0000000000000000000000000000000000000000";

    /// <summary>Whether nothing that was answered is lost by its end, and its data are nowhere else.</summary>
    public bool IsSafe => WasAlone && Appends is (true, "always") && Eviction is null or "noeviction";

    /// <summary>What may be lost, for people; null for nothing.</summary>
    public string? Durability
    {
        get
        {
            var lost = Appends switch
            {
                null => "It is not known what Redis keeps on its disk, as CONFIG GET is not allowed.",
                (false, _) => "Redis keeps no appendonly file: a crash of its loses what was acknowledged since it saved last.",
                (_, "always") => null,
                (_, "everysec") => "Redis has appendfsync everysec: a crash of its loses about a second of what was acknowledged.",
                (_, var sync) => $"Redis has appendfsync {sync}: a crash of its machine loses what the system has not written yet.",
            };
            var evicted = Eviction is null or "noeviction" ? null
                : $"Redis has maxmemory-policy {Eviction}, and takes rooms away when it is full: set noeviction.";
            return lost is null ? evicted : evicted is null ? lost : $"{lost} {evicted}";
        }
    }

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
            fields.GetValueOrDefault("run_id") ?? "", fields.GetValueOrDefault("redis_version") ?? "",
            fields.GetValueOrDefault("role") != "master",
            fields.GetValueOrDefault("connected_slaves") == "0" && fields.GetValueOrDefault("master_replid2") == NoReplica,
            appends, eviction);
    }

    /// <summary>Why it cannot be used; null, if it can.</summary>
    public string? Refuse(string address)
    {
        if (RunId.Length == 0) return $"Redis at {address} does not say which process it is (run_id): use Redis 7 or later.";
        if (!int.TryParse(Version.Split('.')[0], out var major) || major < 7)
            return $"Redis at {address} is of version {Version}, whose replicas run others' scripts: use 7 or later.";
        return IsReplica ? $"Redis at {address} is a replica: name its primary, or Sentinel's addresses and serviceName=." : null;
    }
}
