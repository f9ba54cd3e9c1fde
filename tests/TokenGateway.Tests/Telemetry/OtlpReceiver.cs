using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace TokenGateway.Tests.Telemetry;

/// <summary>
/// A receiver of OTLP (opentelemetry.io/docs/specs/otlp), over HTTP with protobuf and over gRPC. It keeps every message as it came, and reads what tests ask for.
/// </summary>
internal sealed class OtlpReceiver : IAsyncDisposable
{
    private const int GrpcPrefix = 5;

    private readonly WebApplication _app;
    private readonly ConcurrentQueue<(string Signal, byte[] Message)> _messages = new();

    private OtlpReceiver(WebApplication app) => _app = app;

    public string Url => _app.Urls.Single();

    /// <summary>Everything that came, for those who look for what must not be in it.</summary>
    public IEnumerable<byte[]> Messages => _messages.Select(received => received.Message);

    public IReadOnlyList<OtlpSpan> Spans => [.. Received("trace").SelectMany(message => message.At(1, 2, 2)).Select(span => new OtlpSpan(span))];

    public IReadOnlySet<string> Metrics => Received("metrics").SelectMany(message => message.At(1, 2, 2)).Select(metric => metric.Text(1)).ToHashSet(StringComparer.Ordinal);

    public IReadOnlyList<OtlpLogRecord> Logs => [.. Received("logs").SelectMany(message => message.At(1, 2, 2)).Select(record => new OtlpLogRecord(record))];

    /// <summary>The names that the senders gave themselves.</summary>
    public IReadOnlySet<string> Services => _messages.Select(received => ProtobufMessage.Parse(received.Message))
        .SelectMany(message => message.At(1, 1)).Select(resource => OtlpAttributes.Of(resource, 1)["service.name"]).ToHashSet(StringComparer.Ordinal);

    /// <param name="protocol">HTTP/2 without TLS for gRPC, HTTP/1.1 for protobuf over HTTP.</param>
    public static async Task<OtlpReceiver> StartAsync(HttpProtocols protocol)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.ConfigureEndpointDefaults(listen => listen.Protocols = protocol));
        var app = builder.Build();
        app.Urls.Add("http://127.0.0.1:0");
        var receiver = new OtlpReceiver(app);
        app.Run(receiver.ReceiveAsync);
        await app.StartAsync();
        return receiver;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private IEnumerable<ProtobufMessage> Received(string signal) =>
        _messages.Where(received => received.Signal == signal).Select(received => ProtobufMessage.Parse(received.Message));

    private async Task ReceiveAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        var grpc = context.Request.ContentType == "application/grpc";
        var signal = context.Request.Path.Value switch
        {
            "/v1/traces" or "/opentelemetry.proto.collector.trace.v1.TraceService/Export" => "trace",
            "/v1/metrics" or "/opentelemetry.proto.collector.metrics.v1.MetricsService/Export" => "metrics",
            "/v1/logs" or "/opentelemetry.proto.collector.logs.v1.LogsService/Export" => "logs",
            var path => throw new InvalidOperationException($"No signal of OTLP is sent to {path}."),
        };
        _messages.Enqueue((signal, grpc ? body.ToArray()[GrpcPrefix..] : body.ToArray()));
        context.Response.ContentType = context.Request.ContentType;
        if (grpc)
        {
            await context.Response.Body.WriteAsync(new byte[GrpcPrefix]);
            context.Response.AppendTrailer("grpc-status", "0");
        }
    }
}

/// <summary>One span.</summary>
internal sealed class OtlpSpan(ProtobufMessage span)
{
    public string Trace { get; } = span.Hex(1);

    public string Id { get; } = span.Hex(2);

    public string Parent { get; } = span.Hex(4);

    public string Name { get; } = span.Text(5);

    public ulong Start { get; } = span.Number(7);

    public IReadOnlyDictionary<string, string> Attributes { get; } = OtlpAttributes.Of(span, 9);

    public IReadOnlyList<string> Events { get; } = [.. span.At(11).Select(happened => happened.Text(2))];
}

/// <summary>One log record.</summary>
internal sealed class OtlpLogRecord(ProtobufMessage record)
{
    public string Body { get; } = record.At(5).Single().Text(1);

    public IReadOnlyDictionary<string, string> Attributes { get; } = OtlpAttributes.Of(record, 6);
}

/// <summary>Attributes as text, whatever their type.</summary>
internal static class OtlpAttributes
{
    public static IReadOnlyDictionary<string, string> Of(ProtobufMessage message, int number) => message.At(number)
        .GroupBy(pair => pair.Text(1), StringComparer.Ordinal)
        .ToDictionary(pairs => pairs.Key, pairs => Value(pairs.First().At(2).Single()), StringComparer.Ordinal);

    private static string Value(ProtobufMessage value) => value.Text(1) is { Length: > 0 } text ? text : $"{value.Number(3)}";
}
