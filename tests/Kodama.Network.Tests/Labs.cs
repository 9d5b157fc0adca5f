using Kodama.Network.Lab;

namespace Kodama.Network.Tests;

/// <summary>Where there can be no laboratory a test is skipped and says so loudly; in CI, where nobody reads that, it fails.</summary>
internal static class Labs
{
    public static async Task<NetworkLab> CreateAsync()
    {
        if (LabRequirements.Missing() is not { } missing) return await NetworkLab.CreateAsync();
        var message = $"NOT TESTED: there is no network laboratory: {missing}.";
        Console.Error.WriteLine(message);
        if (Environment.GetEnvironmentVariable("CI") is "true" or "1") Assert.Fail(message);
        Assert.Skip(message);
        throw new InvalidOperationException(message);
    }
}
