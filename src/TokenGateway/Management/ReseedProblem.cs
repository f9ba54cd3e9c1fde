using TokenGateway.Hosting;
using TokenGateway.Tokens;

namespace TokenGateway.Management;

/// <summary>How a reseed that the provider has not accepted is answered.</summary>
internal static class ReseedProblem
{
    /// <returns>Null when the provider has accepted it.</returns>
    public static Problem? Of(ReseedReport report, string credential) => report.Outcome switch
    {
        ReseedOutcome.Accepted => null,
        ReseedOutcome.SeedSpent => new("This refresh token is spent", StatusCodes.Status409Conflict, "seed_spent", report.Detail, credential),
        ReseedOutcome.RotationInProgress => new("A rotation is in the way; try again when it has ended", StatusCodes.Status409Conflict, "rotation_in_progress", report.Detail, credential),
        ReseedOutcome.SeedRefused => new("The provider refused this refresh token", StatusCodes.Status422UnprocessableEntity, "seed_refused", report.Detail, credential),
        ReseedOutcome.StoreUnavailable => new("The store cannot be reached", StatusCodes.Status503ServiceUnavailable, "store_unavailable", report.Detail, credential),
        ReseedOutcome.ProviderUnavailable => new("The provider cannot be reached", StatusCodes.Status503ServiceUnavailable, "provider_unavailable", report.Detail, credential),
        ReseedOutcome.InDoubt => new("The answer was lost; the refresh token may be spent", StatusCodes.Status503ServiceUnavailable, "rotation_in_doubt", report.Detail, credential),
        ReseedOutcome.NoRefreshToken => new("This credential has no refresh token", StatusCodes.Status409Conflict, "no_refresh_token", report.Detail, credential),
        _ => throw new ArgumentOutOfRangeException(nameof(report), report.Outcome, "Not a known outcome."),
    };
}
