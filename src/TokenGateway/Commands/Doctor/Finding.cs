namespace TokenGateway.Commands.Doctor;

/// <summary>One thing that was looked at.</summary>
/// <param name="Level">How it is.</param>
/// <param name="Subject">What was looked at: a setting or a part of the surroundings.</param>
/// <param name="Text">What was found and, where it is not well, what helps. No secret.</param>
internal sealed record Finding(FindingLevel Level, string Subject, string Text)
{
    public static Finding Good(string subject, string text) => new(FindingLevel.Good, subject, text);

    public static Finding Warning(string subject, string text) => new(FindingLevel.Warning, subject, text);

    public static Finding Failure(string subject, string text) => new(FindingLevel.Failure, subject, text);
}

/// <summary>In the order of concern; the worst one is the command's exit code.</summary>
internal enum FindingLevel
{
    Good = 0,
    Warning = 1,
    Failure = 2,
}
