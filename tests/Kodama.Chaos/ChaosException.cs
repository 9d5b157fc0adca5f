namespace Kodama.Chaos;

/// <summary>Something did not come within the patience of a run: whoever is missing, and what is known of them.</summary>
public sealed class ChaosException(string message) : Exception(message);
