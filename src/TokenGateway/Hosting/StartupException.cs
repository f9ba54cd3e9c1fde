namespace TokenGateway.Hosting;

/// <summary>The gateway must not start as it is configured.</summary>
/// <param name="errors">Everything that is wrong, each a sentence that begins with the setting's path.</param>
internal sealed class StartupException(IReadOnlyList<string> errors) : Exception(string.Join(Environment.NewLine, errors))
{
    public IReadOnlyList<string> Errors { get; } = errors;
}
