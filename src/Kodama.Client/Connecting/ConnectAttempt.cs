namespace Kodama.Client.Connecting;

/// <summary>How far an attempt has come, for those who ask why it took too long.</summary>
internal sealed class ConnectAttempt
{
    private readonly Lock gate = new();
    private readonly List<HubCandidate> trying = [];
    private HubConnection? greeted;

    /// <summary>The hub's own, while another candidate has not answered yet.</summary>
    public KodamaClientException? Refusal { get; private set; }

    /// <summary>For messages.</summary>
    public string Step
    {
        get
        {
            if (greeted is not null) return $"The hello of {greeted.Address}";
            lock (gate) return trying.Count == 0 ? "The lookup of the hub" : $"The connection to {string.Join(", ", trying)}";
        }
    }

    public void Greets(HubConnection connection) => greeted = connection;

    public async Task<HubConnection> WatchAsync(HubCandidate candidate, Task<HubConnection> connecting)
    {
        lock (gate) trying.Add(candidate);
        try
        {
            return await connecting.ConfigureAwait(false);
        }
        catch (KodamaClientException exception)
        {
            lock (gate)
            {
                trying.Remove(candidate);
                if (ConnectFailure.IsWordOfTheHub(exception)) Refusal ??= exception;
            }
            throw;
        }
    }
}
