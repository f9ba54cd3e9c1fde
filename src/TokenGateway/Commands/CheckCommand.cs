using TokenGateway.Configuration;
using TokenGateway.Hosting;

namespace TokenGateway.Commands;

/// <summary>
/// <c>check</c>: names every mistake in the configuration, what is probably not meant, and what was found; opens nothing. What it accepts, <c>run</c> starts with. Exit code 0, 1 on warnings
/// with <c>--strict</c>, 2 on errors.
/// </summary>
internal static class CheckCommand
{
    public static async Task<int> RunAsync(CommandConfiguration source, bool strict, CommandOutput output)
    {
        try
        {
            using var configuration = source.Read(new ConfigurationHealth());
            var (settings, errors) = await ReadAsync(configuration, source.Settings);
            var warnings = ConfigurationWarnings.Find(configuration, settings);
            foreach (var warning in warnings)
            {
                await output.Out.WriteLineAsync($"warning {warning}");
            }

            if (settings is null)
            {
                return output.Fail(errors, exitCode: 2);
            }

            await WriteAsync(ConfigurationSummary.Of(configuration, settings), warnings.Count, output);
            return strict && warnings.Count > 0 ? 1 : 0;
        }
        catch (StartupException e)
        {
            return output.Fail(e.Errors, exitCode: 2);
        }
    }

    private static async Task<(StartupSettings? Settings, IReadOnlyList<string> Errors)> ReadAsync(IConfigurationRoot configuration, IReadOnlyList<string> commandLine)
    {
        try
        {
            return (await ConfigurationCheck.ReadAsync(configuration, commandLine), []);
        }
        catch (StartupException e)
        {
            return (null, e.Errors);
        }
    }

    private static async Task WriteAsync(ConfigurationSummary summary, int warnings, CommandOutput output)
    {
        await output.Out.WriteLineAsync(warnings switch
        {
            0 => "The configuration is good.",
            1 => "The configuration has no errors, and 1 warning.",
            _ => $"The configuration has no errors, and {warnings} warnings.",
        });
        foreach (var line in summary.Lines())
        {
            await output.Out.WriteLineAsync(line);
        }
    }
}
