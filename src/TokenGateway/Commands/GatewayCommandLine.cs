using System.CommandLine;
using TokenGateway.Commands.Doctor;

namespace TokenGateway.Commands;

/// <summary>The commands, and how they are called.</summary>
internal static class GatewayCommandLine
{
    private const string Description = """
        Keeps single-use OAuth 2.0 refresh tokens alive and attaches valid bearer tokens to the requests that it proxies.

        Examples:
          TokenGateway                                     runs with appsettings.json of the working directory
          TokenGateway run --config gateway.json           runs with that file instead
          TokenGateway run --Urls=http://127.0.0.1:9000    any setting, but no secret, as --Key:Sub=value
          TokenGateway check --config gateway.json         names every mistake in the configuration
          TokenGateway doctor --config gateway.json        looks at store, endpoints, clock, key and seeds; spends nothing
          TokenGateway demo                                everything in one process, nothing to install
          TokenGateway status --watch                      the credentials of the running gateway, worst first
          TokenGateway status --problems --url http://127.0.0.1:8081   those that need a look, of the gateway there
          TokenGateway probe ready                         whether the running gateway is ready, for images without a shell
          TokenGateway rotate plum                         asks the running gateway for a rotation
          TokenGateway validate plum                       has it ask the provider about the token in use
          TokenGateway reseed plum --refresh-token-file -  hands a new refresh token over, from standard input
          TokenGateway login plum                          begins a login at the provider, and waits for its end
          TokenGateway keygen > encryption.key             makes an encryption key
        """;

    public static Task<int> InvokeAsync(string[] args, CommandOutput output) =>
        Create(output).Parse(args).InvokeAsync(new InvocationConfiguration
        {
            Output = output.Out,
            Error = output.Error,
            // The gateway drains for longer than the 2 s that the parser would grant; see ShutdownSignals.
            ProcessTerminationTimeout = null,
        });

    private static RootCommand Create(CommandOutput output)
    {
        var file = new Option<string?>("--config") { Description = "The JSON file to read instead of appsettings.json in the working directory.", HelpName = "FILE", Recursive = true };
        var root = new RootCommand(Description) { file };
        root.Options.OfType<VersionOption>().Single().Recursive = true;
        root.Add(WithSettings(new Command("run", "Runs the gateway until SIGTERM or SIGINT, then drains (the default)."), file, source => RunCommand.RunAsync(source, output), output));
        root.Add(Simple("demo", "Shows the main job with a simulated provider, until Ctrl-C.", () => DemoCommand.RunAsync(output), output));
        root.Add(Check(file, output));
        root.Add(Doctor(file, output));
        foreach (var command in new OperatorCommands(file, output).All())
        {
            root.Add(command);
        }

        root.Add(Simple("keygen", "Prints a new 256-bit encryption key in base64.", () => Task.FromResult(KeygenCommand.Run(output)), output));
        return WithSettings(root, file, source => RunCommand.RunAsync(source, output), output);
    }

    private static Command Check(Option<string?> file, CommandOutput output)
    {
        var strict = new Option<bool>("--strict") { Description = "Exit code 1 on warnings." };
        var command = new Command(
            "check",
            "Checks the configuration without opening a port or touching a store, and tells what it found. Exit code 0 when run would start with it, 1 on warnings with --strict, 2 on errors.") { strict };
        return WithSettings(command, file, (parsed, source, _) => CheckCommand.RunAsync(source, parsed.GetValue(strict), output), output, exitCode: 2);
    }

    private static Command Doctor(Option<string?> file, CommandOutput output)
    {
        var probeClient = new Option<bool>("--probe-client") { Description = "Sends each token endpoint a refresh without a refresh token: that proves client id and secret, and spends nothing." };
        var command = new Command("doctor", "Looks at the live surroundings, spends nothing and leaves nothing behind. Exit code 1 on warnings, 2 on failures.") { probeClient };
        return WithSettings(command, file, (parsed, source, cancelled) => DoctorCommand.RunAsync(source, parsed.GetValue(probeClient), output, cancelled), output, exitCode: 2);
    }

    private static T WithSettings<T>(T command, Option<string?> file, Func<CommandConfiguration, Task<int>> action, CommandOutput output, int exitCode = 1)
        where T : Command => WithSettings(command, file, (_, source, _) => action(source), output, exitCode);

    /// <param name="command">The command.</param>
    /// <param name="file">The option <c>--config</c>.</param>
    /// <param name="action">What it does.</param>
    /// <param name="output">Where it says what is wrong.</param>
    /// <param name="exitCode">What it ends with where it cannot even begin.</param>
    /// <param name="settings">What of the command line is settings; null for all that the parser does not know.</param>
    public static T WithSettings<T>(
        T command, Option<string?> file, Func<ParseResult, CommandConfiguration, CancellationToken, Task<int>> action, CommandOutput output, int exitCode = 1,
        Func<ParseResult, IReadOnlyList<string>>? settings = null)
        where T : Command
    {
        command.TreatUnmatchedTokensAsErrors = false;
        command.SetAction((parsed, cancelled) =>
        {
            var source = new CommandConfiguration(parsed.GetValue(file), settings?.Invoke(parsed) ?? parsed.UnmatchedTokens);
            return source.Problem is { } problem ? Task.FromResult(output.Fail(problem, exitCode)) : action(parsed, source, cancelled);
        });
        return command;
    }

    private static Command Simple(string name, string description, Func<Task<int>> action, CommandOutput output)
    {
        var command = new Command(name, description);
        command.SetAction((parsed, _) => parsed.UnmatchedTokens is [var word, ..]
            ? Task.FromResult(output.Fail($"'{word}' is not an argument of {name}: see '{name} --help'.", exitCode: 1))
            : action());
        return command;
    }
}
