namespace Kodama.SocketIO;

/// <summary>What the program of another hub says to this one's: <see cref="NamespaceOperator.ServerSideEmit(string)"/>.</summary>
public sealed class ServerSideEvent
{
    private readonly SocketIONamespace space;
    private Action<Payload?>? acknowledge;

    internal ServerSideEvent(SocketIONamespace space, string name, in Payload payload, Action<Payload?>? acknowledge)
    {
        (this.space, Name, this.acknowledge) = (space, name, acknowledge);
        ExpectsAck = acknowledge is not null;
        (Arguments, Attachments) = ArgumentJson.ArrayOf(payload);
    }

    /// <summary>Its name.</summary>
    public string Name { get; }

    /// <summary>The namespace that it was said to.</summary>
    public SocketIONamespace Namespace => space;

    /// <summary>Its arguments as a JSON array in UTF-8; <c>{"_placeholder":true,"num":n}</c> stands for attachment n.</summary>
    public ReadOnlyMemory<byte> Arguments { get; }

    /// <summary>Its binary parts.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> Attachments { get; }

    /// <summary>Whether the other hub waits for an acknowledgement.</summary>
    public bool ExpectsAck { get; }

    /// <summary>The argument at this place, from 0; the type's default value where there are fewer.</summary>
    /// <exception cref="System.Text.Json.JsonException">It is no such value.</exception>
    public T? Get<T>(int index) => space.Server.Json.Read<T>(Arguments, Attachments, index);

    /// <summary>Acknowledges without arguments. Only the first acknowledgement counts; without <see cref="ExpectsAck"/> it does
    /// nothing.</summary>
    public void Ack() => Answer(ArgumentJson.None);

    /// <summary>Acknowledges with one argument.</summary>
    public void Ack<T>(T argument)
    {
        using var written = space.Server.Json.Write(argument);
        var (json, attachments) = ArgumentJson.ArrayOf(written.Payload);
        Answer(Payload.Arguments(json, attachments));
    }

    /// <summary>There is no acknowledgement to come.</summary>
    internal void Fail() => Answer(null);

    private void Answer(in Payload? answer) => Interlocked.Exchange(ref acknowledge, null)?.Invoke(answer);
}
