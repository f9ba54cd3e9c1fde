using System.Text.Json;
using TokenGateway.Tokens.Configuration;

namespace TokenGateway.Configuration;

/// <summary>Tells in one line where a JSON file is wrong. The parser's own words are left out, since they quote the file, secrets included.</summary>
internal static class JsonSyntax
{
    public static SettingError Describe(string path, Exception error)
    {
        if (error is FileNotFoundException or DirectoryNotFoundException)
        {
            return new SettingError(path, "is gone; put it back");
        }

        var causes = Causes(error).ToList();
        return causes.OfType<JsonException>().FirstOrDefault() is { } syntax
            ? new SettingError(
                path,
                $"is not valid JSON at line {syntax.LineNumber + 1}, byte {syntax.BytePositionInLine + 1}; correct it there or just before")
            : new SettingError(path, $"cannot be used: {causes.OfType<FormatException>().FirstOrDefault()?.Message ?? error.Message}");
    }

    private static IEnumerable<Exception> Causes(Exception? error)
    {
        for (; error is not null; error = error.InnerException)
        {
            yield return error;
        }
    }
}
