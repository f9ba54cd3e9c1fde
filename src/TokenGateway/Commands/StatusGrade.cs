using TokenGateway.Management;

namespace TokenGateway.Commands;

/// <summary>
/// How much a credential needs a person, worst first: the order of the table, the words of its summary and the exit code all follow it.
/// </summary>
internal enum StatusGrade
{
    /// <summary>Requests get no token.</summary>
    Refused,

    /// <summary>Served until the access token ends; only a login helps after that.</summary>
    ReauthorizationRequired,

    /// <summary>Served, while the refresh token may be spent.</summary>
    InDoubt,

    /// <summary>Served, and something else is wrong.</summary>
    WithAProblem,

    /// <summary>Served, while the refresh token is being exchanged.</summary>
    Rotating,

    /// <summary>Served.</summary>
    Active,
}

internal static class StatusGrades
{
    public static StatusGrade GradeOf(CredentialDocument credential) => credential switch
    {
        { Usable: false } => StatusGrade.Refused,
        { State: "reauthorization_required" } => StatusGrade.ReauthorizationRequired,
        { State: "in_doubt" } => StatusGrade.InDoubt,
        { Problem: not null } => StatusGrade.WithAProblem,
        { State: "rotating" } => StatusGrade.Rotating,
        _ => StatusGrade.Active,
    };

    public static bool NeedsALook(CredentialDocument credential) => GradeOf(credential) <= StatusGrade.WithAProblem;

    /// <summary>0 where all are served and nothing needs a look, 1 where something does, 2 where requests of some are refused.</summary>
    public static int ExitCodeOf(IReadOnlyCollection<CredentialDocument> credentials) =>
        credentials.Any(credential => !credential.Usable) ? 2 : credentials.Any(NeedsALook) ? 1 : 0;

    /// <summary>As in <c>12 credentials: 6 refused, 1 in doubt, 5 active</c>.</summary>
    public static string Summary(IReadOnlyCollection<CredentialDocument> credentials)
    {
        var counts = credentials.GroupBy(GradeOf).OrderBy(group => group.Key).Select(group => $"{group.Count()} {WordsOf(group.Key)}");
        var head = credentials.Count == 1 ? "1 credential" : $"{credentials.Count} credentials";
        return credentials.Count == 0 ? head : $"{head}: {string.Join(", ", counts)}";
    }

    private static string WordsOf(StatusGrade grade) => grade switch
    {
        StatusGrade.Refused => "refused",
        StatusGrade.ReauthorizationRequired => "reauthorization required",
        StatusGrade.InDoubt => "in doubt",
        StatusGrade.WithAProblem => "with a problem",
        StatusGrade.Rotating => "rotating",
        _ => "active",
    };
}
