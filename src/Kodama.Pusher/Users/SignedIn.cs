using System.Text;
using System.Text.Json;

namespace Kodama.Pusher;

/// <summary>The user that a connection has signed in as (docs/specs/pusher.md, U1).</summary>
/// <param name="Id">Its id.</param>
/// <param name="Info">What is told of it in presence channels: JSON, or null.</param>
/// <param name="Watchlist">Whom it watches.</param>
internal sealed record SignedIn(string Id, ReadOnlyMemory<byte>? Info, IReadOnlyList<string> Watchlist)
{
    /// <summary>Most ids of a watchlist.</summary>
    public const int MaxWatched = 100;

    /// <summary>Whether there were more than it may watch: it watches nobody.</summary>
    public bool WatchesTooMany { get; private init; }

    /// <summary>The user that this JSON names, or null.</summary>
    public static SignedIn? Read(string userData)
    {
        try
        {
            var json = Encoding.UTF8.GetBytes(userData);
            if (!JsonEscapes.AreWhole(json)) return null;
            var reader = new Utf8JsonReader(json);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) return null;
            string? id = null;
            ReadOnlyMemory<byte>? info = null;
            List<string> watchlist = [];
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var (isId, isInfo, isWatchlist) =
                    (reader.ValueTextEquals("id"u8), reader.ValueTextEquals("user_info"u8), reader.ValueTextEquals("watchlist"u8));
                reader.Read();
                if (isId) id = reader.TokenType == JsonTokenType.String ? reader.GetString() : null;
                if (isWatchlist && reader.TokenType == JsonTokenType.StartArray)
                {
                    ReadWatchlist(ref reader, watchlist);
                    continue;
                }
                var start = (int)reader.TokenStartIndex;
                reader.Skip();
                if (isInfo) info = json.AsMemory(start..(int)reader.BytesConsumed);
            }
            if (reader.TokenType != JsonTokenType.EndObject || reader.Read()) return null;
            if (id is not { Length: > 0 and <= PresentUser.MaxId } || info is { Length: > PresentUser.MaxInfo }) return null;
            return watchlist.Count <= MaxWatched
                ? new SignedIn(id, info, [.. watchlist.Distinct(StringComparer.Ordinal)])
                : new SignedIn(id, info, []) { WatchesTooMany = true };
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static void ReadWatchlist(ref Utf8JsonReader reader, List<string> watchlist)
    {
        watchlist.Clear();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType == JsonTokenType.String && watchlist.Count <= MaxWatched) watchlist.Add(reader.GetString()!);
            reader.Skip();
        }
    }
}
