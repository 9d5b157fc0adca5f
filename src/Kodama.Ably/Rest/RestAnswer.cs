using System.Globalization;

namespace Kodama.Ably;

/// <summary>What a request is answered, in whichever form.</summary>
/// <param name="Status">As of HTTP.</param>
/// <param name="Write">The body; null for none.</param>
internal sealed record RestAnswer(int Status, Action<WireWriter>? Write)
{
    public AblyError? Error { get; private init; }

    /// <summary>To other pages, or null.</summary>
    public string? Link { get; private init; }

    public static RestAnswer Ok(Action<WireWriter> write) => new(200, write);

    public static RestAnswer Of(AblyError error) => new(error.Status, writer =>
    {
        writer.StartMap();
        error.Write(writer.Name("error"u8));
        writer.End();
    })
    {
        Error = error,
    };

    /// <summary>A page of what is all there at once, by its limit and cursor.</summary>
    public static RestAnswer PageOf<T>(RestRequest request, string page, IReadOnlyList<T> all, Action<WireWriter, T> write)
    {
        if (request.Limit is not { } limit) return OfLimit;
        _ = int.TryParse(request["cursor"], NumberStyles.None, CultureInfo.InvariantCulture, out var first);
        var next = (long)first + limit < all.Count ? (first + limit).ToString(CultureInfo.InvariantCulture) : null;
        return Page(request, page, [.. all.Skip(first).Take(limit)], write, next);
    }

    /// <summary>The limit of the request is none.</summary>
    public static RestAnswer OfLimit => Of(AblyError.BadRequest($"The limit is from 1 to {RestRequest.MaxLimit}."));

    /// <summary>A page of several, and where the others are.</summary>
    /// <param name="request">For which.</param>
    /// <param name="page">The last part of its path.</param>
    /// <param name="items">What it has.</param>
    /// <param name="write">Writes one.</param>
    /// <param name="next">Where the next page begins; null, where there is none.</param>
    public static RestAnswer Page<T>(
        RestRequest request, string page, IReadOnlyList<T> items, Action<WireWriter, T> write, string? next)
    {
        var link = $"{request.LinkTo(page, null)}; rel=\"first\",{request.LinkTo(page, request["cursor"])}; rel=\"current\"";
        if (next is not null) link += $",{request.LinkTo(page, next)}; rel=\"next\"";
        return Ok(writer =>
        {
            writer.StartArray();
            foreach (var item in items) write(writer, item);
            writer.End();
        }) with
        {
            Link = link,
        };
    }
}
