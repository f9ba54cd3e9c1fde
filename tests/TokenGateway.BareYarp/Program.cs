// What YARP's own getting-started page makes: the measure for what the gateway adds.
var builder = WebApplication.CreateSlimBuilder(args);
builder.Configuration.Sources.Clear(); // Whatever appsettings.json stands in the working directory is not meant for it.
builder.Configuration.AddJsonFile(args[0]);
builder.Logging.ClearProviders();
builder.Services.AddReverseProxy().LoadFromConfig(builder.Configuration.GetSection("ReverseProxy"));
var app = builder.Build();
app.MapReverseProxy();
await app.RunAsync();
