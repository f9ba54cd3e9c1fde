using TokenGateway.Tokens.Configuration;

namespace TokenGateway.Hosting;

/// <summary>The gateway must not start as it is configured.</summary>
/// <param name="errors">Everything that is wrong, each a sentence that begins with the setting's path.</param>
internal sealed class StartupException(IReadOnlyList<string> errors) : Exception(string.Join(Environment.NewLine, errors))
{
    public IReadOnlyList<string> Errors { get; } = errors;

    public static void ThrowIfAny(IEnumerable<SettingError> errors)
    {
        string[] sentences = [.. errors.Select(error => error.ToString())];
        if (sentences.Length > 0)
        {
            throw new StartupException(sentences);
        }
    }
}
