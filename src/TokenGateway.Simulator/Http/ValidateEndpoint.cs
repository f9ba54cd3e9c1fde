using System.Text.Json;
using TokenGateway.Simulator.Faults;
using TokenGateway.Simulator.OAuth;

namespace TokenGateway.Simulator.Http;

/// <summary><c>GET</c> from <see cref="SimulatorOptions.ValidatePath"/>: is the bearer token alive, and for how long?</summary>
internal sealed class ValidateEndpoint(Provider provider, FaultPlan plan, FaultInjector injector)
{
    private long _calls;

    public long Calls => Interlocked.Read(ref _calls);

    public Task HandleAsync(HttpContext context)
    {
        Interlocked.Increment(ref _calls);
        var token = BearerHeader.Read(context.Request.Headers.Authorization).ToString();
        return injector.RespondAsync(context, plan.Validate, fault => Process(token, fault));
    }

    private Answer Process(string token, Fault? fault)
    {
        if (token.Length == 0)
        {
            return Failure("invalid_request", "missing/invalid parameters authorization header");
        }

        return provider.Validate(token) switch
        {
            ValidationResult.Valid valid => Answer.Json(200, json => WriteValid(json, valid, fault)),
            ValidationResult.RateLimited limited => Answer.RateLimited(limited.RetryAfter),
            _ => Failure("invalid_token", "the access token expired, was revoked or never issued"),
        };
    }

    private void WriteValid(Utf8JsonWriter json, ValidationResult.Valid valid, Fault? fault)
    {
        if (provider.Options.ValidateSuccessShape == ValidateSuccessShape.TokenInfo)
        {
            json.WriteNumber("expires_in_seconds", (long)valid.Left.TotalSeconds);
            json.WriteNumber("created_at", valid.AccessToken.IssuedAt.ToUnixTimeSeconds());
            return;
        }

        json.WriteString("access_token", valid.AccessToken.Value);
        json.WriteString("token_type", "bearer");
        json.WriteExpiresIn((long)valid.Left.TotalMilliseconds, fault);
    }

    private Answer Failure(string error, string description)
    {
        var options = provider.Options;
        return options.ValidateFailureShape switch
        {
            ValidateFailureShape.SuccessZero => Answer.Json(options.ValidateFailureStatus, json =>
            {
                json.WriteNumber("success", 0);
                json.WriteString("error_message_id", "auth.token_error");
            }),
            ValidateFailureShape.OkWithError => Answer.Error(200, error, description),
            _ => Answer.Error(options.ValidateFailureStatus, error, description),
        };
    }
}
