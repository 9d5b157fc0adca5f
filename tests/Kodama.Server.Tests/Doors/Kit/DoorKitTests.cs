using System.Diagnostics;
using Kodama.Testing;
using Kodama.WebSockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Kodama.Server.Tests;

/// <summary>What a door of anybody's gets from the kit on the way from a request to a peer.</summary>
public sealed class DoorKitTests
{
    [Fact]
    public async Task Request_OfAForeignHost_IsRefusedForThat_WhateverItsHandshake()
    {
        await using var hub = await StartAsync();
        await using var client = await hub.RawAsync();

        await client.SendTextAsync("GET /plain HTTP/1.1\r\nHost: evil.example\r\n\r\n");

        var answer = (await client.ReadResponseAsync())!;
        Assert.Equal(403, answer.Status);
        Assert.Contains("HOST_NOT_ALLOWED", answer.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Refusal_OfAHandshake_CarriesWhatEveryAnswerDoes()
    {
        await using var hub = await StartAsync();

        using var answer = await hub.Client.GetAsync(new Uri("/plain", UriKind.Relative));

        Assert.Equal(426, (int)answer.StatusCode);
        Assert.Equal("nosniff", answer.Headers.GetValues("X-Content-Type-Options").Single());
        Assert.Contains("local-websocket/", answer.Headers.Server.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Client_ThatComesIn_IsTraced()
    {
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "Kodama",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
        };
        ActivitySource.AddActivityListener(listener);
        string? during = null;
        await using var hub = await StartAsync(o => o.Rules.OnConnected(_ => during = Activity.Current?.OperationName));

        await using var client = await hub.ConnectAsync("/plain");

        Assert.Equal("kodama.connect", during);
    }

    private static Task<TestHub> StartAsync(Action<KodamaOptions>? options = null) =>
        TestHub.StartAsync(options, builder => builder.Services.AddKodamaDoor<PlainDoor>());

    private sealed class PlainDoor(DoorKit kit) : IDoor
    {
        public void Map(IEndpointRouteBuilder endpoints) =>
            endpoints.Map("/plain", context => kit.AcceptAsync(context, "plain", new PlainEncoder(), new PlainPeer()));
    }

    private sealed class PlainEncoder : IMessageEncoder
    {
        public Frame Encode(in Message message) => DoorKit.Encode(MessageType.Text, message.Payload.Bytes.Span);
    }

    private sealed class PlainPeer : DoorPeer
    {
        protected override ValueTask OnMessageAsync(MessageType type, ReadOnlyMemory<byte> payload) => default;
    }
}
