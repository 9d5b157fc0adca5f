using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Logging;

namespace Kodama.Pusher;

/// <summary>What waits for one webhook, in order, until it has taken it (docs/specs/pusher.md, K2, K4, K5).</summary>
internal sealed class WebhookQueue : IDisposable
{
    private const int MostWaiting = 10_000;
    private const long MostBytes = 16 * 1024 * 1024;
    private const int LargestBatch = 50;

    // So many that were withdrawn lie between the others before the queue is made anew.
    private const int MostWithdrawn = 1000;
    private static readonly TimeSpan ShortestDelay = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestDelay = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LongestAnswer = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Age = TimeSpan.FromMinutes(5);

    private readonly App app;
    private readonly PusherWebhook webhook;
    private readonly HttpClient http;
    private readonly TimeProvider time;
    private readonly ILogger logger;
    private readonly Lock gate = new();
    private readonly Queue<WebhookEvent> waiting = [];

    // Those that can be withdrawn still.
    private readonly Dictionary<WebhookSubject, WebhookEvent> subjects = [];
    private readonly SemaphoreSlim come = new(0);
    private readonly HashSet<string> kinds;
    private readonly string? path;
    private WebhookFile? file;

    // Bytes of what waits, and how many were withdrawn and lie in the queue still.
    private long bytes;
    private int withdrawn;
    private bool isOver;
    private bool isRetrying;

    /// <param name="app">Whose it is.</param>
    /// <param name="webhook">Where it goes.</param>
    /// <param name="number">The how many-th of the app's it is, from 0, of those with the same address.</param>
    /// <param name="folder">Where it is kept; null for nowhere.</param>
    /// <param name="http">Posts.</param>
    /// <param name="time">Says when.</param>
    /// <param name="logger">Is told what is lost.</param>
    public WebhookQueue(
        App app, PusherWebhook webhook, int number, string? folder, HttpClient http, TimeProvider time, ILogger logger)
    {
        this.app = app;
        this.webhook = webhook;
        this.http = http;
        this.time = time;
        this.logger = logger;
        kinds = new HashSet<string>(webhook.Events.Count > 0 ? webhook.Events : PusherWebhook.Kinds, StringComparer.Ordinal);
        if (folder is null) return;
        var name = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{app.Id} {webhook.Url}")))[..16];
        path = Path.Combine(folder, number == 0 ? $"pusher-webhook-{name}.log" : $"pusher-webhook-{name}-{number}.log");
    }

    /// <summary>Events that wait.</summary>
    public int Count { get { lock (gate) return Count_NeedsLock; } }

    /// <summary>Whether the last request failed, and the next is to come.</summary>
    public bool IsWaitingToRetry => Volatile.Read(ref isRetrying);

    public bool Wants(string kind) => kinds.Contains(kind);

    /// <summary>Takes up what the last life of the process has left.</summary>
    public void Open()
    {
        if (path is null) return;
        lock (gate)
        {
            TryKeep_NeedsLock(() =>
            {
                Directory.CreateDirectory(Path.GetDirectoryName(path)!);
                file = WebhookFile.Open(path, waiting);
            });
            bytes = waiting.Sum(static happened => (long)happened.Json.Length);
            if (waiting.Count > 0) come.Release();
        }
    }

    /// <summary>When nothing runs any more.</summary>
    public void Dispose()
    {
        lock (gate)
        {
            isOver = true;
            come.Dispose();
            file?.Dispose();
            file = null;
        }
    }

    /// <summary>Takes an event in. What it takes back, and has not left yet, is not told, and nor is it.</summary>
    public void Add(WebhookEvent happened)
    {
        var lost = 0;
        lock (gate)
        {
            var wasIdle = Count_NeedsLock == 0;
            waiting.Enqueue(happened);
            bytes += happened.Json.Length;
            // Withdrawn ones too: whoever reads the file after a kill is told both, which is as true.
            TryKeep_NeedsLock(() => file?.Add(happened));
            if (happened.Needless is { } needless) TryWithdraw_NeedsLock(needless);
            if (happened.Subject is { } subject) Merge_NeedsLock(happened, subject);
            while (Count_NeedsLock > MostWaiting || bytes > MostBytes) lost += Drop_NeedsLock(1);
            if (wasIdle && Count_NeedsLock > 0 && !isOver) come.Release();
        }
        if (lost > 0) PusherLog.WebhooksLost(logger, PusherLog.Shown(webhook.Url!), app.Id, lost);
    }

    /// <summary>Sends what comes, until it is cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var delay = TimeSpan.Zero;
        try
        {
            while (true)
            {
                var batch = Next();
                if (batch.Length == 0)
                {
                    await come.WaitAsync(cancellationToken);
                    continue;
                }
                if (await PostAsync(batch, cancellationToken) is not { } problem)
                {
                    Taken(batch[^1]);
                    delay = TimeSpan.Zero;
                    continue;
                }
                delay = TimeSpan.FromTicks(Math.Clamp(2 * delay.Ticks, ShortestDelay.Ticks, LongestDelay.Ticks));
                PusherLog.WebhookFailed(logger, PusherLog.Shown(webhook.Url!), app.Id, problem, delay);
                var waited = Task.Delay(delay, time, cancellationToken);
                Volatile.Write(ref isRetrying, true);
                await waited;
                Volatile.Write(ref isRetrying, false);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // What waits is in the file, where there is one.
        }
    }

    // What is too old is lost here: whoever fails for long is not sent it all at last.
    private WebhookEvent[] Next()
    {
        var oldest = time.GetUtcNow().ToUnixTimeMilliseconds() - (long)Age.TotalMilliseconds;
        int lost;
        WebhookEvent[] batch;
        lock (gate)
        {
            lost = Drop_NeedsLock(
                waiting.TakeWhile(happened => happened.At < oldest || happened.Progress == WebhookProgress.Withdrawn).Count());
            batch =
            [
                .. waiting.Where(static happened => happened.Progress != WebhookProgress.Withdrawn)
                    .Take(webhook.Batch ? LargestBatch : 1),
            ];
            foreach (var leaving in batch) leaving.Progress = WebhookProgress.Leaving;
        }
        if (lost > 0) PusherLog.WebhooksLost(logger, PusherLog.Shown(webhook.Url!), app.Id, lost);
        return batch;
    }

    // It may have been lost meanwhile, for others to find a place.
    private void Taken(WebhookEvent last)
    {
        lock (gate)
        {
            if (last.Progress != WebhookProgress.Gone) Drop_NeedsLock(waiting.TakeWhile(happened => happened != last).Count() + 1);
        }
    }

    /// <summary>Posts it; answers what was wrong, or null.</summary>
    private async Task<string?> PostAsync(WebhookEvent[] batch, CancellationToken cancellationToken)
    {
        var body = Write(batch);
        using var content = new ByteArrayContent(body);
        // Without a charset: SDKs compare it as a whole.
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        using var request = new HttpRequestMessage(HttpMethod.Post, webhook.Url) { Content = content };
        request.Headers.TryAddWithoutValidation("X-Pusher-Key", app.Key);
        request.Headers.TryAddWithoutValidation("X-Pusher-Signature", app.Sign(body));
        using var late = new CancellationTokenSource(LongestAnswer, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        try
        {
            using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token);
            return response.IsSuccessStatusCode ? null : $"it answers {(int)response.StatusCode}.";
        }
        catch (OperationCanceledException) when (late.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            return $"it does not answer within {LongestAnswer.TotalSeconds} s.";
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            // Whatever it or a proxy answers, the hub goes on.
            return $"it cannot be reached ({exception.Message}).";
        }
    }

    private static byte[] Write(WebhookEvent[] batch)
    {
        using var json = JsonBuffer.Rent();
        json.Raw("{\"time_ms\":"u8).Number(batch[0].At).Raw(",\"events\":["u8);
        for (var i = 0; i < batch.Length; i++)
        {
            if (i > 0) json.Raw(","u8);
            json.Raw(batch[i].Json);
        }
        return json.Raw("]}"u8).Written.ToArray();
    }

    private int Count_NeedsLock => waiting.Count - withdrawn;

    private void Merge_NeedsLock(WebhookEvent happened, WebhookSubject subject)
    {
        if (TryWithdraw_NeedsLock(subject.Before) && subject.Kind != subject.Contrary) Withdraw_NeedsLock(happened);
        else subjects[subject] = happened;
        if (withdrawn <= MostWithdrawn || withdrawn <= waiting.Count / 2) return;
        WebhookEvent[] left = [.. waiting.Where(static other => other.Progress != WebhookProgress.Withdrawn)];
        waiting.Clear();
        withdrawn = 0;
        foreach (var other in left) waiting.Enqueue(other);
        TryKeep_NeedsLock(() => file?.Replace(waiting));
    }

    private bool TryWithdraw_NeedsLock(WebhookSubject subject)
    {
        if (!subjects.TryGetValue(subject, out var before) || before.Progress != WebhookProgress.Waiting) return false;
        Withdraw_NeedsLock(before);
        return true;
    }

    private void Withdraw_NeedsLock(WebhookEvent happened)
    {
        happened.Progress = WebhookProgress.Withdrawn;
        withdrawn++;
        bytes -= happened.Json.Length;
        Forget_NeedsLock(happened);
    }

    private void Forget_NeedsLock(WebhookEvent happened)
    {
        if (happened.Subject is { } subject && subjects.GetValueOrDefault(subject) == happened) subjects.Remove(subject);
    }

    /// <summary>Lets the oldest go; how many of them were not withdrawn.</summary>
    private int Drop_NeedsLock(int count)
    {
        if (count <= 0) return 0;
        var lost = 0;
        for (var i = 0; i < count; i++)
        {
            var gone = waiting.Dequeue();
            if (gone.Progress == WebhookProgress.Withdrawn)
            {
                withdrawn--;
                continue;
            }
            lost++;
            bytes -= gone.Json.Length;
            gone.Progress = WebhookProgress.Gone;
            Forget_NeedsLock(gone);
        }
        TryKeep_NeedsLock(() => file?.Take(count, waiting));
        return lost;
    }

    private void TryKeep_NeedsLock(Action keep)
    {
        try
        {
            keep();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            PusherLog.WebhooksNotKept(logger, path!, exception);
            file?.Dispose();
            file = null;
        }
    }
}
