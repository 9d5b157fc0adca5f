namespace Kodama.Client.Connecting;

/// <summary>What to make of several failures.</summary>
internal static class ConnectFailure
{
    /// <summary>The hub has spoken, and not merely a stranger at its address, of which there may be many.</summary>
    public static bool IsWordOfTheHub(Exception failure) => failure is HubRefusedException { ShouldReconnect: false };

    /// <summary>The one that says most to a person; among equals the first.</summary>
    public static Exception MostTelling(IReadOnlyList<Exception> failures) => failures.MinBy(static failure => failure switch
    {
        _ when IsWordOfTheHub(failure) => 0,
        HubAmbiguousException or CertificateMismatchException => 1,
        KodamaClientException => 2,
        _ => 3,
    })!;
}
