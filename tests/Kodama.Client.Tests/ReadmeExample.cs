using System.Text.Json.Serialization;
using Kodama.Client;

namespace Example;

/// <summary>A light that is the same in every room of the house: whoever switches it, all others follow.</summary>
public static class ReadmeExample
{
    public static async Task FollowAsync(string nameOrAddress, Action<bool> light, CancellationToken cancellationToken)
    {
        var options = new KodamaClientOptions { Room = "light", Details = { ["name"] = Environment.MachineName } };
        await using var client = await KodamaClient.ConnectAsync(nameOrAddress, options, cancellationToken);
        client.StatusChanged += (_, status) => Console.WriteLine(status);

        await client.SendAsync(new Switch(true), SwitchJson.Default.Switch, cancellationToken);
        await foreach (var message in client.Messages.WithCancellation(cancellationToken)) light(message.As(SwitchJson.Default.Switch)!.On);
    }
}

public sealed record Switch(bool On);

[JsonSerializable(typeof(Switch))]
internal sealed partial class SwitchJson : JsonSerializerContext;
