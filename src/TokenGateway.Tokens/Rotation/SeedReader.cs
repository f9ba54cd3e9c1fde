using TokenGateway.Tokens.Configuration;
using TokenGateway.Tokens.Endpoint;

namespace TokenGateway.Tokens.Rotation;

/// <summary>Reads a credential's seed from the configuration, and finds out how long the access token lives that came with it.</summary>
internal sealed class SeedReader(CredentialSettings settings, EngineContext engine)
{
    /// <summary>The setting that holds the seed, for messages.</summary>
    public string RefreshTokenPath =>
        $"TokenGateway:Credentials:{settings.Name}:{(settings.RefreshToken.File is null ? "RefreshToken" : "RefreshTokenFile")}";

    /// <summary>
    /// Adds the configured access token, if it is of use: its expiry is what the validate endpoint or the token itself says, and dead ones are left out.
    /// Beside a reseed it may still be the one of the first seed, so that there it must be vouched for.
    /// </summary>
    public async Task<Seed> CompleteAsync(Secret refreshToken, bool isFirst, CancellationToken cancellationToken)
    {
        var none = new Seed(refreshToken, null, default);
        if (ReadAccessToken() is not { } accessToken)
        {
            return none;
        }

        var now = engine.Time.GetUtcNow();
        var answer = await engine.ValidateEndpoint.ValidateAsync(settings, accessToken, cancellationToken);
        var expiresAt = now + answer.Remaining ?? TokenExpiry.OfJwt(accessToken, now) ?? now + settings.DefaultExpiresIn;
        var isGood = answer.Verdict == ValidationVerdict.Valid || (isFirst && answer.Verdict == ValidationVerdict.Unknown);
        return !isGood || expiresAt <= now ? none : new Seed(refreshToken, accessToken, expiresAt);
    }

    private Secret? ReadAccessToken()
    {
        try
        {
            return settings.AccessToken.Read();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null; // The refresh token is enough.
        }
    }
}
