using TokenGateway.Simulator.Faults;
using TokenGateway.Simulator.OAuth;

namespace TokenGateway.Simulator.Http;

/// <summary><c>POST</c> to <see cref="SimulatorOptions.IntrospectionPath"/>: token introspection, strictly (RFC 7662): a form, and a client that proves itself as at the token endpoint.</summary>
internal sealed class IntrospectionEndpoint(Provider provider, FaultPlan plan, FaultInjector injector)
{
    private long _calls;

    public long Calls => Interlocked.Read(ref _calls);

    public async Task HandleAsync(HttpContext context)
    {
        Interlocked.Increment(ref _calls);
        var request = await TokenRequest.ReadAsync(context.Request, AcceptedFormat.Form);
        await injector.RespondAsync(context, plan.Validate, _ => Process(request));
    }

    private Answer Process(TokenRequest request) => request switch
    {
        { Malformed: { } reason } => Answer.Error(400, "invalid_request", reason),
        _ when !request.IsAuthenticated(provider.Options.AcceptedClientAuthentication) || !provider.IsClient(request.ClientId!, request.ClientSecret!) =>
            Answer.Error(401, "invalid_client", "unknown client, or no or wrong client authentication"),
        { Token: null or "" } => Answer.Error(400, "invalid_request", "token is missing"),
        _ => Tell(provider.Validate(request.Token!)),
    };

    private static Answer Tell(ValidationResult result) => result switch
    {
        ValidationResult.Valid { AccessToken: var token } => Answer.Json(200, json =>
        {
            json.WriteBoolean("active", true);
            json.WriteString("token_type", "Bearer");
            json.WriteNumber("iat", token.IssuedAt.ToUnixTimeSeconds());
            json.WriteNumber("exp", token.ExpiresAt.ToUnixTimeSeconds());
        }),
        ValidationResult.RateLimited limited => Answer.RateLimited(limited.RetryAfter),
        _ => Answer.Json(200, json => json.WriteBoolean("active", false)),
    };
}
