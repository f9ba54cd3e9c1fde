namespace TokenGateway.Tokens.Configuration;

/// <summary>One thing that is wrong with the configuration.</summary>
/// <param name="Path">The setting's full path, <c>TokenGateway:Store:Kind</c>, or the file that could not be read.</param>
/// <param name="Message">What is wrong and what helps; continues the path to a sentence. Never holds a configured secret.</param>
internal sealed record SettingError(string Path, string Message)
{
    /// <summary>The whole sentence.</summary>
    public override string ToString() => $"{Path} {Message}";
}

/// <summary>Settings, or everything that is wrong with them at once.</summary>
internal sealed class SettingsResult<T>(T value, IReadOnlyList<SettingError> errors)
    where T : class
{
    public IReadOnlyList<SettingError> Errors { get; } = errors;

    /// <summary>The settings; null exactly when there are errors.</summary>
    public T? Value { get; } = errors.Count == 0 ? value : null;
}
