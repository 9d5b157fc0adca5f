namespace Kodama.Samples.Tests;

/// <summary>The React room, and a hub.</summary>
public sealed class ReactRoom(Browser browser) : ReactSample(browser, "ReactRoom");
