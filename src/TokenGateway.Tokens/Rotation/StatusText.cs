using TokenGateway.Tokens.Configuration;
using TokenGateway.Tokens.Records;
using TokenGateway.Tokens.Validation;

namespace TokenGateway.Tokens.Rotation;

/// <summary>What a view means for a person: the state, and one sentence on what to do about it.</summary>
internal static class StatusText
{
    public static CredentialState StateOf(CredentialView view, CredentialSettings settings, DateTimeOffset now) => view.Record switch
    {
        null => CredentialState.Unseeded,
        { Phase: RecordPhase.Quarantined } => CredentialState.ReauthorizationRequired,
        { Phase: RecordPhase.InDoubt } => CredentialState.InDoubt,
        { Phase: RecordPhase.InFlight } record => record.Attempts.Max(attempt => attempt.SendBy) + settings.TokenEndpointTimeout > now + view.StoreOffset
            ? CredentialState.Rotating
            : CredentialState.InDoubt,
        _ => view.Rotating ? CredentialState.Rotating : CredentialState.Active,
    };

    public static string? ProblemOf(CredentialView view, CredentialState state, CredentialSettings settings) =>
        (view.Record is { } record ? Binding.ProblemOf(record, settings) : null)
        ?? (state == CredentialState.InDoubt ? DoubtOf(view, settings) : ProblemOf(view, state, settings.Name, settings.GrantType, LoginOf(settings)));

    private static string DoubtOf(CredentialView view, CredentialSettings settings) =>
        $"The refresh token of {settings.Name} may have been spent without a usable response{(view.LastResponse is { } response ? $": {EndpointText.Answered(settings, response)}" : "")}. "
        + $"{(view.Record!.AccessToken is null ? "T" : "The live access token stays in use; t")}he refresh token is sent again, or the standby replaces it, when that is safe. "
        + $"To end the wait at once, log in again{(LoginOf(settings) is { } login ? $" ({login})" : " and put the new refresh token into the credential's seed")}, or, if the provider does not punish a reuse: 'rotate {settings.Name} --force'.";

    /// <summary>What to do in this state. Health, status and dashboard all show this text.</summary>
    public static string ActionOf(CredentialView view, CredentialState state, CredentialSettings settings, bool usable) =>
        state == CredentialState.Unseeded && UnlessLoggedIn(view, settings) is { } other ? other : ActionOf(view, state, settings.Name, settings.GrantType, LoginOf(settings), usable);

    /// <summary>What helps a credential of which nothing is known here, where a login would not: it may end the very refresh token that is only out of reach.</summary>
    private static string? UnlessLoggedIn(CredentialView view, CredentialSettings settings) => view.Obstacle switch
    {
        StoreObstacle.Unreachable => "Bring the store back. Do not log in: the refresh token may be in the store, and a login may end it.",
        StoreObstacle.Unreadable => "Bring the encryption key back that the record was written with (TokenGateway:Encryption). Do not log in: the refresh token is in the store, and a login may end it.",
        _ when !view.Loaded => "Nothing to do: the store is being asked.",
        _ when settings.RefreshToken.IsConfigured && view is { SeedProblem: null, Setback: null } => "Nothing to do: the configured refresh token is being adopted.",
        _ => null,
    };

    /// <summary>How to log in where the gateway itself offers it; null where it does not.</summary>
    private static string? LoginOf(CredentialSettings settings) => settings.OffersLogin ? $"Connect on the dashboard, or 'login {settings.Name}'" : null;

    private static string? ProblemOf(CredentialView view, CredentialState state, string name, GrantType grant, string? login) => state switch
    {
        CredentialState.ReauthorizationRequired when view.Record!.TakenOverBy is { } successor =>
            $"The credential {successor} has taken over the record of {name}, its former name (FormerName), and nothing is sent under that name any more. Remove {name} from the configuration of this process.",
        CredentialState.ReauthorizationRequired when view.Record!.RejectionMayPass =>
            $"The provider has refused to rotate {name} for long ({view.Record.Rejection}). The refresh token is not spent, and it is tried again once an hour. Check the credential's settings at both ends, or log in again{(login is null ? " and put the new refresh token into the credential's seed" : $": {login}")}.",
        CredentialState.ReauthorizationRequired =>
            $"The provider does not accept the refresh token of {name} ({view.Record!.Rejection}), and nothing more is sent. Check the credential's settings, or log in again{(login is null ? " and put the new refresh token into the credential's seed" : $": {login}")}. If you know that the provider would take the old one after all: 'rotate {name} --force'.",
        CredentialState.Unseeded when grant == GrantType.ClientCredentials =>
            view.Setback?.Message ?? view.SeedProblem ?? $"No access token of {name} has been asked for yet.",
        CredentialState.Unseeded =>
            view.Setback?.Message ?? view.SeedProblem ?? $"No refresh token is known for {name}. {(login is null ? "Set" : $"Log in: {login}. Or set")} TokenGateway:Credentials:{name}:RefreshToken or RefreshTokenFile.",
        _ when view.Withheld => $"The validate endpoint gives no verdict on the access token of {name}, and Validation:OnError is Refuse.",
        _ => view.Setback?.Message ?? view.JournalProblem ?? view.SeedProblem ?? view.ReplayProblem ?? (view.FoundInvalid ? $"The validate endpoint calls the access token of {name} dead." : null)
            ?? ResponseProblemOf(view.Record, name)
            ?? (view.Untold ? $"What is newest of {name} is not yet stored; that goes on until the store has it." : null)
            ?? view.Repair?.Message
            ?? MissingVerdicts(view, name),
    };

    private static string? MissingVerdicts(CredentialView view, string name) => view.VerdictsMissedInARow < MissingVerdict.Several ? null
        : $"The validate endpoint of {name} gave no verdict {view.VerdictsMissedInARow} times in a row ({view.LastValidation?.Error}). Until it does, only an API's own word counts (WWW-Authenticate with invalid_token). "
            + $"Check TokenGateway:Credentials:{name}:ValidateEndpoint, IntrospectionEndpoint and ValidateKind.";

    /// <summary>What the last token response lacked; null where it had all that is needed.</summary>
    public static string? ResponseProblemOf(CredentialRecord? record, string name) => record switch
    {
        { TokenlessResponses: > 0 } =>
            $"The token response for {name} holds a refresh token, which is kept, and no access token. "
                + $"Check TokenGateway:Credentials:{name}:Scope, in which the scope of the API may be missing, "
                + "or set BearerFrom to id_token if the id token is to be sent. The provider is asked again, at growing intervals.",
        { ForeignTokenType: { } type } =>
            $"The token response for {name} says token_type {type}: that is no bearer token. It is sent as one, and the API may refuse it. "
                + "Configure the client at the provider for bearer tokens.",
        _ => null,
    };

    private static string ActionOf(CredentialView view, CredentialState state, string name, GrantType grant, string? login, bool usable) => state switch
    {
        CredentialState.Unseeded when grant == GrantType.ClientCredentials => "Nothing to do: the first token is asked for as soon as the store has been met.",
        CredentialState.Rotating when grant == GrantType.ClientCredentials => "Nothing to do: a new token is being asked for.",
        CredentialState.Unseeded when login is not null => $"Log in: {login}.",
        CredentialState.ReauthorizationRequired when login is not null => $"Log in again: {login}. Waiting does not help.",
        CredentialState.Unseeded =>
            $"Log in at the provider and hand over the refresh token: Reseed on the dashboard, 'reseed {name}', or the seed's file.",
        CredentialState.ReauthorizationRequired =>
            $"Log in at the provider and hand over the new refresh token: Reseed on the dashboard, 'reseed {name}', or the seed's file. Waiting does not help.",
        CredentialState.InDoubt when usable =>
            "Requests are served; nothing must be done at once. It ends by itself when sending again is safe, and at once with a reseed. Do not force a rotation unless the provider forgives a reuse.",
        CredentialState.InDoubt =>
            "Requests are refused. It may end by itself when sending again is safe; a reseed ends it at once. Do not force a rotation unless the provider forgives a reuse.",
        CredentialState.Rotating => "Nothing to do: the refresh token is being exchanged.",
        _ when ProblemOf(view, state, name, grant, login) is null && usable => "Nothing to do.",
        _ when usable => "Requests are served for as long as the access token lives, and rotation is tried again by itself. See to the problem before the token expires.",
        _ => "Requests are refused. Rotation is tried again by itself; see to the problem.",
    };
}
