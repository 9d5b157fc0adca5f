namespace Kodama.Server;

/// <summary>What newcomers may hold on to.</summary>
/// <param name="Most">How many there may be.</param>
/// <param name="MostPerAddress">How many of one address, or of one /64 in IPv6.</param>
/// <param name="Silence">How long one may send nothing; zero for as long as Kestrel lets it.</param>
internal sealed record NewcomerLimits(int Most, int MostPerAddress, TimeSpan Silence)
{
    public static NewcomerLimits Of(KodamaOptions options) =>
        new(options.MaxNewcomers, options.MaxNewcomersPerAddress, options.NewcomerTimeout);
}
