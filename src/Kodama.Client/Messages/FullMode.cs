namespace Kodama.Client;

/// <summary>What happens to one more message when <see cref="KodamaClientOptions.MessageCapacity"/> messages wait to be read, or to one
/// more entry of a room when <see cref="JoinOptions.EntryCapacity"/> do.</summary>
public enum FullMode
{
    /// <summary>
    /// Nothing more is read from the connection until there is room: the hub's outbox decides. Nor are the hub's pings answered meanwhile,
    /// or pongs heard: a reader that stays away longer than <see cref="KodamaConnectionOptions.KeepAliveInterval"/> and <see
    /// cref="KodamaConnectionOptions.KeepAliveTimeout"/> together loses the connection, and the client makes another. As long as <see
    /// cref="KodamaClient.Messages"/> has never been read, as <see cref="DropOldest"/>. In rooms the connection is read on, and what finds
    /// no room comes from the hub's log later.
    /// </summary>
    Wait,

    /// <summary>The one that has waited longest is thrown away.</summary>
    DropOldest,

    /// <summary>The one that has come is thrown away; those that wait stay.</summary>
    DropNewest,

    /// <summary>The client, or the room, ends, with <see cref="MessagesFullException"/> behind the messages that wait: for programs that
    /// must not miss any unnoticed.</summary>
    Disconnect,
}
