using Microsoft.Playwright;

namespace Kodama.Clients.Tests.Browsers;

/// <summary>What a person holds and prefers: written <c>phone light en</c>.</summary>
internal sealed record Look(string Name)
{
    public static Look Desk { get; } = new("desk light en");

    public static Look Phone { get; } = new("phone light en");

    public bool IsPhone => Name.StartsWith("phone", StringComparison.Ordinal);

    public bool IsJapanese => Name.EndsWith("ja", StringComparison.Ordinal);

    public BrowserNewContextOptions Options => new()
    {
        ViewportSize = IsPhone ? new() { Width = 390, Height = 844 } : new() { Width = 1440, Height = 900 },
        IsMobile = IsPhone,
        HasTouch = IsPhone,
        ColorScheme = Name.Contains("dark", StringComparison.Ordinal) ? ColorScheme.Dark : ColorScheme.Light,
        ReducedMotion = ReducedMotion.Reduce,
        Locale = IsJapanese ? "ja-JP" : "en-GB",
        TimezoneId = "Asia/Tokyo",
    };

    /// <summary>The one of two texts that this person reads.</summary>
    public string Reads(string english, string japanese) => IsJapanese ? japanese : english;
}
