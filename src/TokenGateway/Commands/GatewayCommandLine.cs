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
          TokenGateway status --watch                      the credentials of the running gateway
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
        root.Add(WithSettings(new Command("check", "Checks the configuration without opening a port or touching a store. Exit code 2 on errors."), file, source => CheckCommand.RunAsync(source, output), output, exitCode: 2));
        root.Add(WithSettings(
            new Command("doctor", "Looks at the live surroundings and spends nothing. Exit code 1 on warnings, 2 on failures."), file, (_, source, cancelled) => DoctorCommand.RunAsync(source, output, cancelled), output, exitCode: 2));
        root.Add(Status(file, output));
        root.Add(Rotate(file, output));
        root.Add(Validate(file, output));
        root.Add(Reseed(file, output));
        root.Add(Login(file, output));
        root.Add(Simple("keygen", "Prints a new 256-bit encryption key in base64.", () => Task.FromResult(KeygenCommand.Run(output)), output));
        return WithSettings(root, file, source => RunCommand.RunAsync(source, output), output);
    }

    private static Command Status(Option<string?> file, CommandOutput output)
    {
        var json = new Option<bool>("--json") { Description = "Prints what the management API answers, instead of a table." };
        var watch = new Option<bool>("--watch") { Description = "Goes on until Ctrl-C: in place on a terminal, at every change where it is piped." };
        var command = new Command("status", "Shows the credentials of the running gateway. Exit code 0 when all are active, 1 otherwise.") { json, watch };
        return WithSettings(command, file, (parsed, source, _) => StatusCommand.RunAsync(source, new StatusOptions(parsed.GetValue(json), parsed.GetValue(watch)), output), output);
    }

    private static Command Validate(Option<string?> file, CommandOutput output)
    {
        var name = Credential();
        var command = new Command("validate", "Has the running gateway ask the provider about the access token in use. Exit code 0 when there is a verdict.") { name };
        return WithSettings(command, file, (parsed, source, _) => ValidateCommand.RunAsync(source, parsed.GetValue(name)!, output), output);
    }

    private static Command Reseed(Option<string?> file, CommandOutput output)
    {
        var name = Credential();
        var seed = new Option<string>("--refresh-token-file")
        {
            Description = "The file that holds the new refresh token; - reads it from standard input. It is not taken from the command line, where others can read it.",
            HelpName = "FILE",
            Required = true,
        };
        var command = new Command("reseed", "Hands a new refresh token over to the running gateway. Exit code 0 when the provider has accepted it.") { name, seed };
        return WithSettings(command, file, (parsed, source, _) => ReseedCommand.RunAsync(source, parsed.GetValue(name)!, parsed.GetValue(seed)!, output), output);
    }

    private static Command Login(Option<string?> file, CommandOutput output)
    {
        var name = Credential();
        var command = new Command("login", "Begins a login at the provider through the running gateway, and waits for its end. Exit code 0 when the new tokens are stored.") { name };
        return WithSettings(command, file, (parsed, source, cancelled) => LoginCommand.RunAsync(source, parsed.GetValue(name)!, output, cancelled), output);
    }

    private static Argument<string> Credential() => new("NAME") { Description = "The credential's name in the configuration." };

    private static Command Rotate(Option<string?> file, CommandOutput output)
    {
        var name = Credential();
        var force = new Option<bool>("--force")
        {
            Description = "Sends the refresh token even if it is in doubt or was called dead. If it was spent, the provider may revoke the whole family.",
        };
        var command = new Command("rotate", "Asks the running gateway for a rotation now. Exit code 0 when there is a new token.") { name, force };
        return WithSettings(command, file, (parsed, source, _) => RotateCommand.RunAsync(source, parsed.GetValue(name)!, parsed.GetValue(force), output), output);
    }

    private static T WithSettings<T>(T command, Option<string?> file, Func<CommandConfiguration, Task<int>> action, CommandOutput output, int exitCode = 1)
        where T : Command => WithSettings(command, file, (_, source, _) => action(source), output, exitCode);

    /// <param name="command">The command.</param>
    /// <param name="file">The option <c>--config</c>.</param>
    /// <param name="action">What it does.</param>
    /// <param name="output">Where it says what is wrong.</param>
    /// <param name="exitCode">What it ends with where it cannot even begin.</param>
    private static T WithSettings<T>(T command, Option<string?> file, Func<ParseResult, CommandConfiguration, CancellationToken, Task<int>> action, CommandOutput output, int exitCode = 1)
        where T : Command
    {
        command.TreatUnmatchedTokensAsErrors = false;
        command.SetAction((parsed, cancelled) =>
        {
            var source = new CommandConfiguration(parsed.GetValue(file), parsed.UnmatchedTokens);
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
