using System.Globalization;

namespace Kodama.Chaos;

/// <summary>How long everybody took, from the hub's return on, until they had heard what was said since.</summary>
/// <param name="IsSmooth">Whether nothing else befell their connections meanwhile.</param>
/// <param name="Median">Of all clients, in seconds.</param>
/// <param name="Last">Of the last, in seconds.</param>
/// <param name="Who">The last.</param>
public sealed record Return(bool IsSmooth, double Median, double Last, string Who)
{
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"back after {Median:0.00} s (median), {Last:0.00} s (the last, {Who}){(IsSmooth ? "" : ", in the storm")}");
}
