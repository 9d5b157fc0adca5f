namespace Kodama;

/// <summary>A filter of the hub's own that neither waits nor blocks: what one read brought in stays one send for each receiver.</summary>
internal interface IPromptFilter : IMessageFilter;
