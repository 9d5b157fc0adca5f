namespace Kodama.Core.Tests;

public class SessionKeysTests
{
    [Fact]
    public void Secret_OfASession_IsKnownAgainByTheSameKeyAndNoOther()
    {
        var keys = new SessionKeys(new byte[32]);
        var (id, secret) = keys.New();

        Assert.True(new SessionKeys(new byte[32]).IsSecretOf(id, secret));
        Assert.False(new SessionKeys("another key of thirty-two bytes!"u8.ToArray()).IsSecretOf(id, secret));
        Assert.False(keys.IsSecretOf(id, secret[1..]));
        Assert.False(keys.IsSecretOf(keys.New().Id, secret));
        Assert.False(keys.IsSecretOf(new string('a', 100_000), secret));
    }

    [Fact]
    public void Secret_OfOnePrincipal_IsNoneOfAnother()
    {
        var keys = new SessionKeys(new byte[32]);
        var (id, secret) = keys.New("yui");

        Assert.True(keys.IsSecretOf(id, secret, "yui"));
        Assert.False(keys.IsSecretOf(id, secret, "ren"));
        Assert.False(keys.IsSecretOf(id, secret));
    }
}
