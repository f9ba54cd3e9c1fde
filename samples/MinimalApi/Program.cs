using MinimalApi;
using Refit;
using TokenGateway.Tokens;

var builder = WebApplication.CreateBuilder(args);
builder.Services.AddTokenGateway(builder.Configuration);
builder.Services
    .AddRefitGeneratedClient<IHelloApi>()
    .ConfigureHttpClient(client => client.BaseAddress = builder.Configuration.GetValue<Uri>("Api:Address"))
    .AddBearerToken("plum");
builder.Services.AddHealthChecks().AddTokenGateway();
builder.Services.AddProblemDetails();
builder.Services.AddExceptionHandler<TokenUnavailableHandler>();

var app = builder.Build();
app.UseExceptionHandler();
app.MapGet("/hello", (IHelloApi api, CancellationToken cancelled) => api.GreetAsync(new Greeting(nameof(MinimalApi)), cancelled));

// For what is no HttpClient: the token itself, here only what it is told by.
app.MapGet("/token", async ([FromKeyedServices("plum")] ITokenSource plum, CancellationToken cancelled) =>
{
    var token = await plum.GetTokenAsync(cancelled);
    return new { token.Fingerprint, token.ExpiresAt, plum.GetStatus().Generation };
});
app.MapHealthChecks("/healthz");
await app.RunAsync();
