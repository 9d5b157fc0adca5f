namespace Kodama.Clients.Tests.Processes;

/// <summary>What a client of tests/clients says has happened.</summary>
internal sealed record ClientEvent(
    string Event,
    string? Text = null,
    string? Base64 = null,
    long WireBytes = 0,
    string? Protocol = null,
    string? Extensions = null,
    int Status = 0,
    string? Body = null,
    int Code = 0,
    string? Reason = null,
    double Latency = 0,
    long Offset = 0,
    string? Action = null,
    string? Key = null);
