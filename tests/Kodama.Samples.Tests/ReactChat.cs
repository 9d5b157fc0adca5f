namespace Kodama.Samples.Tests;

/// <summary>The React chat, and a hub that echoes.</summary>
public sealed class ReactChat(Browser browser) : ReactSample(browser, "ReactChat", "--echo");
