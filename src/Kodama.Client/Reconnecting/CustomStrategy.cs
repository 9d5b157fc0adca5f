namespace Kodama.Client;

internal sealed class CustomStrategy(Func<int, Exception, TimeSpan?> next) : ReconnectStrategy
{
    public override TimeSpan? Next(int attempt, Exception cause) => next(attempt, cause);
}
