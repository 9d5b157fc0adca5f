namespace Kodama.Network.Agent.Verbs;

/// <summary>Something the agent can do. It ends by itself, or when told to stop.</summary>
internal interface IVerb
{
    string Name { get; }

    Task RunAsync(Errand errand, CancellationToken stopped);
}
