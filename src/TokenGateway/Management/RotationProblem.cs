using TokenGateway.Hosting;
using TokenGateway.Tokens;

namespace TokenGateway.Management;

/// <summary>How a forced rotation that gave no new token is answered.</summary>
internal static class RotationProblem
{
    /// <returns>Null when there is a new token, whoever fetched it.</returns>
    public static Problem? Of(RotationReport report, string credential) => report.Outcome switch
    {
        RotationOutcome.Rotated or RotationOutcome.TakenOver => null,
        RotationOutcome.Forbidden => new("Not allowed now", StatusCodes.Status409Conflict, "rotation_forbidden", report.Error, credential),
        RotationOutcome.StoreUnavailable => new("The store cannot be reached; nothing was begun", StatusCodes.Status503ServiceUnavailable, "store_unavailable", report.Error, credential),
        RotationOutcome.NotSent => new("The provider cannot be reached; nothing is spent", StatusCodes.Status503ServiceUnavailable, "provider_unavailable", report.Error, credential),
        RotationOutcome.InDoubt => new("The answer was lost; the refresh token may be spent", StatusCodes.Status503ServiceUnavailable, "rotation_in_doubt", ReasonOf(report), credential),
        RotationOutcome.Refused => new("The provider refused without spending the refresh token", StatusCodes.Status502BadGateway, "rotation_refused", report.Error, credential),
        RotationOutcome.Rejected => new("The refresh token is dead; someone must log in and reseed", StatusCodes.Status502BadGateway, "reauthorization_required", ReasonOf(report), credential),
        _ => throw new ArgumentOutOfRangeException(nameof(report), report.Outcome, "Not a known outcome."),
    };

    /// <summary>Here the error is a code and no sentence.</summary>
    private static string? ReasonOf(RotationReport report) => report.Error is { } code ? $"The reason is {code}." : null;
}
