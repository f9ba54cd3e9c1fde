using System.Globalization;
using System.Text.Json;
using TokenGateway.Simulator.Faults;
using TokenGateway.Simulator.OAuth;

namespace TokenGateway.Simulator.Http;

/// <summary><c>POST</c> to <see cref="SimulatorOptions.TokenPath"/>: the grants of a refresh token, of a code and the client's own, strictly (RFC 6749 §4.1.3, §4.4, §5 and §6).</summary>
internal sealed class TokenEndpoint(Provider provider, AuthorizationCodes codes, FaultPlan plan, FaultInjector injector)
{
    private const string ClientCredentials = "client_credentials";
    private const string AuthorizationCode = "authorization_code";

    private long _calls;

    public long Calls => Interlocked.Read(ref _calls);

    public async Task HandleAsync(HttpContext context)
    {
        Interlocked.Increment(ref _calls);
        var type = (string?)context.Request.RouteValues["token_type"];
        var request = await TokenRequest.ReadAsync(context.Request, provider.Options.AcceptedFormat);
        await injector.RespondAsync(context, plan.Token, fault => Process(type, request, fault));
    }

    private Answer Process(string? type, TokenRequest request, Fault? fault)
    {
        var error = request switch
        {
            _ when type is not (null or "user" or "company") => InvalidRequest("the token type must be user or company"),
            { Malformed: { } reason } => InvalidRequest(reason),
            { GrantType: null or "" } => InvalidRequest("grant_type is missing"),
            { GrantType: not ("refresh_token" or ClientCredentials or AuthorizationCode) } => Answer.Error(400, "unsupported_grant_type", "grant_type must be refresh_token, authorization_code or client_credentials"),
            _ when !request.IsAuthenticated(provider.Options.AcceptedClientAuthentication) => InvalidClient(request),
            { GrantType: ClientCredentials, RefreshToken: not null } => InvalidRequest("refresh_token does not belong to client_credentials"),
            { GrantType: ClientCredentials } => null,
            { GrantType: AuthorizationCode } => request.Code is null or "" ? InvalidRequest("code is missing") : null,
            { RefreshToken: null or "" } => provider.IsClient(request.ClientId!, request.ClientSecret!) ? InvalidRequest("refresh_token is missing") : InvalidClient(request),
            _ => null,
        };
        return error ?? Grant(request, fault);
    }

    private Answer Grant(TokenRequest request, Fault? fault)
    {
        var keep = fault is Fault.MissingRefreshToken { OldOneStays: true };
        return Exchange(request, keep) switch
        {
            RotationResult.Granted granted => Answer.Json(200, json => WriteGrant(json, granted, fault)),
            RotationResult.InvalidGrant invalid => InvalidGrant(invalid.Description),
            RotationResult.TooEarly => Answer.Error(400, "access_denied", "rate limit exceeded: the access token has not expired"),
            RotationResult.RateLimited limited => Answer.RateLimited(limited.RetryAfter),
            _ => InvalidClient(request),
        };
    }

    private RotationResult Exchange(TokenRequest request, bool keep) => request.GrantType switch
    {
        ClientCredentials => provider.GrantToClient(request.ClientId!, request.ClientSecret!),
        AuthorizationCode when !provider.IsClient(request.ClientId!, request.ClientSecret!) => new RotationResult.InvalidClient(),
        AuthorizationCode => codes.Exchange(request.Code!, request.RedirectUri, request.CodeVerifier),
        _ => provider.Rotate(request.RefreshToken!, request.ClientId!, request.ClientSecret!, keep),
    };

    private void WriteGrant(Utf8JsonWriter json, RotationResult.Granted granted, Fault? fault)
    {
        json.WriteString("access_token", granted.AccessToken.Value);
        json.WriteString("token_type", "bearer");
        if (provider.Options.TellsExpiresIn || fault is Fault.Expiry)
        {
            json.WriteExpiresIn((long)granted.AccessToken.Lifetime.TotalSeconds, fault);
        }

        if (provider.Options.TellsCreatedAt)
        {
            json.WriteNumber("created_at", granted.AccessToken.IssuedAt.ToUnixTimeSeconds());
        }

        if (granted.RefreshToken is not null && fault is not Fault.MissingRefreshToken)
        {
            json.WriteString("refresh_token", granted.RefreshToken);
        }

        if (fault is not Fault.Expiry)
        {
            WriteMoment(json, "access_token_expiry", granted.AccessToken.ExpiresAt);
            WriteMoment(json, "refresh_token_expiry", granted.RefreshTokenExpiresAt);
        }
    }

    private void WriteMoment(Utf8JsonWriter json, string name, DateTimeOffset? moment)
    {
        switch (provider.Options.ExpiryFields)
        {
            case ExpiryFields.Numbers when moment is not null:
                json.WriteNumber(name, moment.Value.ToUnixTimeMilliseconds());
                break;
            case ExpiryFields.Strings when moment is not null:
                json.WriteString(name, moment.Value.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture));
                break;
        }
    }

    private Answer InvalidGrant(string description)
    {
        var options = provider.Options;
        return Answer.Json(options.InvalidGrantStatus, json =>
        {
            json.WriteString("error", options.InvalidGrantError);
            json.WriteString("error_description", description);
            if (options.InvalidGrantReason is { } reason)
            {
                json.WriteString("reason", reason);
            }
        });
    }

    private static Answer InvalidRequest(string description) => Answer.Error(400, "invalid_request", description);

    private static Answer InvalidClient(TokenRequest request) =>
        Answer.Error(401, "invalid_client", "unknown client, or no or wrong client authentication") with
        {
            WwwAuthenticate = request.UsedBasic ? "Basic realm=\"simulator\"" : null,
        };
}
