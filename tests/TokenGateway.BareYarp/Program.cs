// What YARP's own getting-started page makes, as lean as it can be: the measure for what the gateway adds. `--template` has that page's builder and its console log (of
// warnings, so that nothing is written per request). `--meters` counts what the gateway counts, in the same way. The other switches try settings that no configuration file has.
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using OpenTelemetry;
using OpenTelemetry.Metrics;

var builder = args.Contains("--template") ? WebApplication.CreateBuilder() : WebApplication.CreateSlimBuilder();
builder.Configuration.Sources.Clear(); // Whatever appsettings.json stands in the working directory is not meant for it.
builder.Configuration.AddJsonFile(args[0]);
if (!args.Contains("--template") && !args.Contains("--tracing"))
{
    builder.Logging.ClearProviders(); // Without a logger ASP.NET Core makes no Activity for a request, and YARP sends no trace header.
}

builder.Logging.SetMinimumLevel(LogLevel.Warning);
builder.Services.Configure<SocketTransportOptions>(sockets =>
{
    sockets.UnsafePreferInlineScheduling = args.Contains("--inline");
    sockets.IOQueueCount = args.Contains("--one-queue") ? 1 : sockets.IOQueueCount;
});
using var metrics = !args.Contains("--meters") ? null : Sdk.CreateMeterProviderBuilder()
    .AddMeter("Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel", "Microsoft.AspNetCore.Routing", "System.Net.Http", "System.Net.NameResolution", "System.Runtime")
    .AddView("http.client.open_connections", MetricStreamConfiguration.Drop)
    .AddPrometheusExporter()
    .Build();
builder.Services.AddReverseProxy().LoadFromConfig(builder.Configuration.GetSection("ReverseProxy"));
var app = builder.Build();
app.MapReverseProxy();
app.MapGet("/allocated", () => GC.GetTotalAllocatedBytes(precise: true).ToString(System.Globalization.CultureInfo.InvariantCulture));
await app.RunAsync();
