namespace Kodama.SocketIO;

/// <summary>
/// Which web pages of other origins may use a server, and how browsers are told so (the Fetch standard's CORS protocol). The semantics are
/// those of npm's <c>cors</c>, which node's option <c>cors</c> has.
/// </summary>
public sealed class CorsOptions
{
    private Func<string, bool>? allows;
    private string? answer;

    /// <summary>Whether pages may send cookies and credentials. Default false.</summary>
    public bool Credentials { get; set; }

    /// <summary>What preflights answer. Default <c>GET,HEAD,PUT,PATCH,POST,DELETE</c>.</summary>
    public IList<string> Methods { get; } = ["GET", "HEAD", "PUT", "PATCH", "POST", "DELETE"];

    /// <summary>The headers that requests may have. Empty, as is the default: those that a preflight asks for.</summary>
    public IList<string> AllowedHeaders { get; } = [];

    /// <summary>The headers of answers that pages may read. Default none beside the usual.</summary>
    public IList<string> ExposedHeaders { get; } = [];

    /// <summary>How long browsers may remember a preflight's answer; null for their default.</summary>
    public TimeSpan? MaxAge { get; set; }

    /// <summary>Whether any origins were given.</summary>
    internal bool IsConfigured => allows is not null;

    /// <summary>Allows pages of one origin such as <c>https://app.example</c>, or of any with <c>*</c>, and tells all of them so.</summary>
    public CorsOptions WithOrigin(string origin)
    {
        ArgumentException.ThrowIfNullOrEmpty(origin);
        answer = origin;
        allows = origin == "*" ? static _ => true : requested => requested == origin;
        return this;
    }

    /// <summary>Allows pages of these origins; each is told of itself only.</summary>
    public CorsOptions WithOrigins(params string[] origins)
    {
        ArgumentNullException.ThrowIfNull(origins);
        string[] copy = [.. origins];
        return WithOrigins(requested => Array.IndexOf(copy, requested) >= 0 || Array.IndexOf(copy, "*") >= 0);
    }

    /// <summary>Allows pages of the origins for which the predicate is true; each is told of itself only. The predicate is asked by several
    /// threads.</summary>
    public CorsOptions WithOrigins(Func<string, bool> predicate)
    {
        ArgumentNullException.ThrowIfNull(predicate);
        answer = null;
        allows = predicate;
        return this;
    }

    /// <summary>Allows all pages there are. On a network that others use, any web page that anyone there opens can then reach this
    /// server.</summary>
    public CorsOptions WithAnyOrigin() => WithOrigin("*");

    internal void Validate()
    {
        foreach (var value in (IEnumerable<string?>)[answer, .. Methods, .. AllowedHeaders, .. ExposedHeaders])
        {
            if (value.AsSpan().ContainsAny("\r\n"))
                throw new ArgumentException($"Cors has \"{value}\"; a header's value holds no line end.");
        }
        if (MaxAge < TimeSpan.Zero) throw new ArgumentException($"Cors.MaxAge is {MaxAge}; it cannot be negative.");
    }

    internal bool Allows(string origin) => allows is not null && allows(origin);

    /// <summary>What <c>Access-Control-Allow-Origin</c> says to a page of this origin; null for nothing.</summary>
    internal string? AnswerTo(string? origin) => answer ?? (origin is not null && Allows(origin) ? origin : null);

    /// <summary>Whether the answer depends on who asks, or node says so: it does for one origin, too.</summary>
    internal bool VariesByOrigin => answer != "*";
}
