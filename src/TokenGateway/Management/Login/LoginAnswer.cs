using TokenGateway.Hosting;
using TokenGateway.Tokens;

namespace TokenGateway.Management.Login;

/// <summary>What a provider's answer at the redirect comes to, in words for the person who sees it.</summary>
internal static class LoginAnswer
{
    /// <summary>No login that waits belongs to the answer.</summary>
    public static LoginResult Unknown { get; } = new(
        "unknown_login", "This answer belongs to no login that waits for one: it was used already, is older than ten minutes, or was begun on another gateway or before a restart. Begin again.");

    /// <summary>What the provider says in the place of a code (RFC 6749 §4.1.2.1). Its own description is not shown: anybody can write that into an address.</summary>
    public static LoginResult Of(string error, string credential) => error switch
    {
        "access_denied" => new(error, $"The consent was denied, so {credential} was not connected. Nothing was changed."),
        "invalid_scope" => new(error, $"The provider does not know the scope that was asked for. Check TokenGateway:Credentials:{credential}:Scope."),
        "unauthorized_client" or "unsupported_response_type" or "invalid_request" => new(
            error, $"The provider does not accept this login ({error}). Check ClientId, AuthorizationEndpoint and RedirectUri of {credential}, and how the client is registered there."),
        "server_error" or "temporarily_unavailable" => new(error, "The provider cannot log anybody in at the moment. Try again later."),
        _ => new("provider_error", $"The provider refused the login of {credential}. Nothing was changed."),
    };

    public static LoginResult ForeignIssuer(string credential) => new(
        "wrong_issuer",
        $"The answer says that it comes from another provider than the one that was asked, so it was not used. If it is the right one, name it as TokenGateway:Credentials:{credential}:Issuer.");

    public static LoginResult NoCode(string credential) => new("invalid_answer", $"The provider's answer holds neither a code nor an error. {credential} was not connected.");

    public static LoginResult Of(ReseedReport report, string credential) => report.Outcome == ReseedOutcome.Accepted
        ? new(LoginResult.Accepted, report.Detail ?? $"{credential} is connected: its new tokens are stored and in use.")
        : new(SnakeCase.Of(report.Outcome), $"{credential} was not connected, and what it had before is as it was. {report.Detail}".TrimEnd());
}
