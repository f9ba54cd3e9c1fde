using TokenGateway.Tokens.Configuration;
using TokenGateway.Tokens.Endpoint;
using TokenGateway.Tokens.Records;

namespace TokenGateway.Tokens.Rotation;

/// <summary>
/// Sends an authorization code, once (RFC 6749 §4.1.3). Its answer makes the first generation of a new family: the record is that of a reseed by the code, rotated once, so that the
/// journal can make the very same one again.
/// </summary>
internal sealed class CodeExchange(
    CredentialSettings settings, EngineContext engine, CredentialMemory memory, RotationJournal journal, PendingExchange pending)
{
    /// <returns>The record with the new pair, held in memory already; or why there is none.</returns>
    public async Task<(CredentialRecord? Next, ReseedReport? Failure)> RunAsync(AuthorizationRequest request, Secret code, CredentialRecord? current)
    {
        var intent = Prepare(current, code);
        using var room = await journal.ReserveAsync(intent.Stored);
        var sentAt = engine.Time.GetTimestamp();
        var deadline = new SendDeadline(engine.Time, settings.TokenEndpointTimeout);
        var exchange = await pending.WaitAsync(
            engine.TokenEndpoint.SendAsync(settings, TokenGrantRequest.AuthorizationCode(code, request), deadline, CancellationToken.None));
        var result = TokenAnswer.Read(exchange, settings);
        if (result is not TokenEndpointResult.Granted { Grant: { RefreshToken: not null } grant })
        {
            return (null, FailureOf(result, ServerMessage.Of(exchange, settings, code)));
        }

        var answer = ((TokenExchange.Answered)exchange).Answer;
        var stamp = new RotationStamp(
            engine.Random.NextId(), answer.RequestedAt, engine.Replica.ToString(), engine.Time.GetElapsedTime(sentAt), intent.Attempt.StartedAt);
        await journal.KeepAsync(room, intent, stamp, answer);
        var next = intent.Record.Rotated(grant, stamp);
        memory.Hold(next);
        engine.Metrics.Rotated(settings.Name, RotationOutcome.Rotated, stamp.Took); // A new generation, as the first exchange of a seed is.
        return (next, null);
    }

    /// <summary>What is held while the answer is awaited, as before a rotation. The store is not told: only this process can send the code.</summary>
    private DeclaredIntent Prepare(CredentialRecord? current, Secret code)
    {
        var now = engine.Time.GetUtcNow();
        var stamp = new RotationStamp(engine.Random.NextId(), now, engine.Replica.ToString(), TimeSpan.Zero);
        var seeded = Successor.SeededBy(current, settings, code, engine.Random, stamp);
        var attempt = new Attempt(engine.Random.NextId(), engine.Replica.ToString(), now + memory.View.StoreOffset, now + memory.View.StoreOffset, Doubtful: false);
        var inFlight = seeded with { Attempts = [attempt], Step = seeded.Step + 1 };
        return new DeclaredIntent(inFlight, engine.Codec.Encode(inFlight), attempt);
    }

    private ReseedReport FailureOf(TokenEndpointResult result, string? said) => result switch
    {
        TokenEndpointResult.Granted => new(
            ReseedOutcome.SeedRefused,
            $"The provider gave {settings.Name} no refresh token. Ask for one: by TokenGateway:Credentials:{settings.Name}:Scope (often offline_access), or in the query of AuthorizationEndpoint (as in access_type=offline)."),
        TokenEndpointResult.Rejected rejected => new(
            ReseedOutcome.SeedRefused,
            $"The provider refused the code ({ServerMessage.Describe(rejected.Code, said)}): it is good once, and for a short while. "
                + "Log in again."),
        TokenEndpointResult.Refused refused => new(
            ReseedOutcome.SeedRefused,
            $"The provider refused the exchange of the code ({ServerMessage.Describe(refused.Code, said)}). "
                + $"Check ClientId, ClientSecret and RedirectUri of {settings.Name}, then log in again."),
        TokenEndpointResult.NotSent notSent => new(ReseedOutcome.ProviderUnavailable, $"The token endpoint of {settings.Name} could not be reached ({notSent.Reason}). Log in again when it can."),
        _ => new(ReseedOutcome.InDoubt, $"The answer to the code of {settings.Name} was lost or cannot be read, and a code cannot be sent again. Log in again."),
    };
}
