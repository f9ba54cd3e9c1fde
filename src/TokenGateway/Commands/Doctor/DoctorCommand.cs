using Spectre.Console;
using TokenGateway.Hosting;
using TokenGateway.Tokens.Configuration;

namespace TokenGateway.Commands.Doctor;

/// <summary><c>doctor</c>: looks at the live surroundings as the gateway would meet them, and spends nothing. Exit code 0 when all is well, 1 on warnings, 2 on failures.</summary>
internal static class DoctorCommand
{
    public static async Task<int> RunAsync(CommandConfiguration source, bool probeClient, CommandOutput output, CancellationToken cancelled)
    {
        TokenGatewaySettings settings;
        try
        {
            using var configuration = source.Read(new ConfigurationHealth());
            settings = (await ConfigurationCheck.ReadAsync(configuration, source.Settings)).Tokens;
        }
        catch (StartupException e)
        {
            return output.Fail(e.Errors, exitCode: (int)FindingLevel.Failure);
        }

        var worst = FindingLevel.Good;
        await foreach (var finding in FindAsync(settings, probeClient, cancelled))
        {
            worst = finding.Level > worst ? finding.Level : worst;
            Write(finding, output);
        }

        return (int)worst;
    }

    private static async IAsyncEnumerable<Finding> FindAsync(
        TokenGatewaySettings settings, bool probeClient, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancelled)
    {
        yield return Finding.Good("configuration", "has no errors");
        yield return StoreExamination.Journal(settings.Store);
        await using var store = await StoreExamination.OpenAsync(settings, cancelled);
        foreach (var finding in store.Findings)
        {
            yield return finding;
        }

        using var endpoints = new EndpointExamination(TimeProvider.System);
        foreach (var credential in settings.Credentials.Values.OrderBy(credential => credential.Name, StringComparer.Ordinal))
        {
            foreach (var finding in await endpoints.ExamineAsync(credential, cancelled))
            {
                yield return finding;
            }

            if (probeClient)
            {
                yield return await endpoints.ProbeClientAsync(credential, cancelled);
            }

            yield return await store.SeedAsync(credential, cancelled);
        }
    }

    private static void Write(Finding finding, CommandOutput output)
    {
        var (word, color) = finding.Level switch
        {
            FindingLevel.Good => ("ok", Color.Green),
            FindingLevel.Warning => ("warning", Color.Yellow),
            _ => ("FAILURE", Color.Red),
        };
        if (output.IsTerminal)
        {
            var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(output.Out) });
            console.Write(new Text($"{word,-8}", new Style(color)));
            output.Out.WriteLine($"{finding.Subject}: {finding.Text}");
        }
        else
        {
            output.Out.WriteLine($"{word,-8}{finding.Subject}: {finding.Text}");
        }
    }
}
