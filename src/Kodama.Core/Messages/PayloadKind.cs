namespace Kodama;

/// <summary>What a <see cref="Payload"/> holds.</summary>
public enum PayloadKind : byte
{
    /// <summary>UTF-8 text.</summary>
    Text,

    /// <summary>Bytes.</summary>
    Binary,

    /// <summary>The arguments of an event: a JSON array in UTF-8, with binary parts in <see cref="Payload.Attachments"/>.</summary>
    Arguments,
}
