using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using TokenGateway.Simulator;
using TokenGateway.Tokens;

namespace TokenGateway.Tests.Telemetry;

/// <summary>A service that uses the engine without the gateway sees the same meter and the same spans.</summary>
public sealed class LibraryTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("tokengateway-library-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Library_emits_metrics_on_the_services_own_meters_and_a_rotation_as_a_trace()
    {
        await using var simulator = await SimulatorHost.StartAsync();
        using var host = Build(simulator);
        var factory = host.Services.GetRequiredService<IMeterFactory>();
        var counted = new ConcurrentDictionary<string, double>(StringComparer.Ordinal);
        using var meters = Listen(factory, counted);
        var spans = new ConcurrentQueue<Activity>();
        using var activities = new ActivityListener
        {
            ShouldListenTo = static source => source.Name == "TokenGateway",
            Sample = static (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = spans.Enqueue,
        };
        ActivitySource.AddActivityListener(activities);
        await host.StartAsync();

        var answer = await host.Services.GetRequiredService<IHttpClientFactory>().CreateClient("melon").GetStringAsync(new Uri("/api/hello", UriKind.Relative));
        meters.RecordObservableInstruments();
        await host.StopAsync();

        Assert.Contains("fingerprint", answer, StringComparison.Ordinal);
        Assert.Equal(1, counted["tokengateway.rotations rotated"]);
        Assert.InRange(counted["tokengateway.access_token.remaining"], 3000, 3600);
        Assert.Equal(1, counted["tokengateway.state active"] + counted["tokengateway.state rotating"]);
        var rotation = Assert.Single(spans, span => span.OperationName == "rotation" && Equals(span.GetTagItem("tokengateway.credential"), "melon"));
        Assert.Equal(5, spans.Count(span => span.ParentSpanId == rotation.SpanId));
    }

    private static MeterListener Listen(IMeterFactory factory, ConcurrentDictionary<string, double> counted)
    {
        var listener = new MeterListener
        {
            InstrumentPublished = (instrument, own) =>
            {
                if (instrument.Meter.Name == "TokenGateway" && ReferenceEquals(instrument.Meter.Scope, factory))
                {
                    own.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => counted.AddOrUpdate(Key(instrument, tags), value, (_, sum) => sum + value));
        listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => counted[Key(instrument, tags)] = value);
        listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => counted[Key(instrument, tags)] = value);
        listener.Start();
        return listener;
    }

    private static string Key(Instrument instrument, ReadOnlySpan<KeyValuePair<string, object?>> tags) => tags.Length > 1 ? $"{instrument.Name} {tags[1].Value}" : instrument.Name;

    private IHost Build(SimulatorHost simulator)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["TokenGateway:Store:Path"] = Path.Combine(_folder.FullName, "tokens.db"),
            ["TokenGateway:Store:JournalPath"] = Path.Combine(_folder.FullName, "journal"),
            ["TokenGateway:Credentials:melon:Preset"] = "xoxoday",
            ["TokenGateway:Credentials:melon:OAuthUrl"] = simulator.BaseUrl,
            ["TokenGateway:Credentials:melon:ClientId"] = simulator.Options.ClientId,
            ["TokenGateway:Credentials:melon:ClientSecret"] = simulator.Options.ClientSecret,
            ["TokenGateway:Credentials:melon:RefreshToken"] = simulator.IssueSeed().RefreshToken,
        });
        builder.Services.AddTokenGateway(builder.Configuration);
        builder.Services.AddHttpClient("melon", client => client.BaseAddress = new Uri(simulator.UpstreamUrl)).AddBearerToken("melon");
        return builder.Build();
    }
}
