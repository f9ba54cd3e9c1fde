using TokenGateway.Hosting;

namespace TokenGateway.Commands;

/// <summary><c>check</c>: names every mistake in the configuration, and opens nothing. Exit code 2 on errors.</summary>
internal static class CheckCommand
{
    public static async Task<int> RunAsync(CommandConfiguration source, CommandOutput output)
    {
        try
        {
            using var configuration = source.Read(new ConfigurationHealth());
            await ConfigurationCheck.ReadAsync(configuration, source.Settings);
            await output.Out.WriteLineAsync("The configuration is good.");
            return 0;
        }
        catch (StartupException e)
        {
            return output.Fail(e.Errors, exitCode: 2);
        }
    }
}
