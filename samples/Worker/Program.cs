using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using TokenGateway.Tokens;
using Worker;

var builder = Host.CreateApplicationBuilder(args);
builder.Services.AddTokenGateway(builder.Configuration);
builder.Services
    .AddHttpClient<HelloClient>(client => client.BaseAddress = builder.Configuration.GetValue<Uri>("Api:Address"))
    .AddBearerToken("plum");
builder.Services.AddHostedService<HelloWorker>();
await builder.Build().RunAsync();
