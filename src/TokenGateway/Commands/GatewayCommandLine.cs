using System.CommandLine;

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
          TokenGateway demo                                everything in one process, nothing to install
          TokenGateway rotate plum                         asks the running gateway for a rotation
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
        root.Add(WithSettings(new Command("run", "Runs the gateway until SIGTERM or SIGINT, then drains (the default)."), file, source => RunCommand.RunAsync(source, output), output));
        root.Add(Simple("demo", "Shows the main job with a simulated provider, until Ctrl-C.", () => DemoCommand.RunAsync(output)));
        root.Add(WithSettings(new Command("check", "Checks the configuration without opening a port or touching a store. Exit code 2 on errors."), file, source => CheckCommand.RunAsync(source, output), output));
        root.Add(Rotate(file, output));
        root.Add(Simple("keygen", "Prints a new 256-bit encryption key in base64.", () => Task.FromResult(KeygenCommand.Run(output))));
        return WithSettings(root, file, source => RunCommand.RunAsync(source, output), output);
    }

    private static Command Rotate(Option<string?> file, CommandOutput output)
    {
        var name = new Argument<string>("NAME") { Description = "The credential's name in the configuration." };
        var force = new Option<bool>("--force")
        {
            Description = "Sends the refresh token even if it is in doubt or was called dead. If it was spent, the provider may revoke the whole family.",
        };
        var command = new Command("rotate", "Asks the running gateway for a rotation now. Exit code 0 when there is a new token.") { name, force };
        return WithSettings(command, file, (parsed, source) => RotateCommand.RunAsync(source, parsed.GetValue(name)!, parsed.GetValue(force), output), output);
    }

    private static T WithSettings<T>(T command, Option<string?> file, Func<CommandConfiguration, Task<int>> action, CommandOutput output)
        where T : Command => WithSettings(command, file, (_, source) => action(source), output);

    private static T WithSettings<T>(T command, Option<string?> file, Func<ParseResult, CommandConfiguration, Task<int>> action, CommandOutput output)
        where T : Command
    {
        command.TreatUnmatchedTokensAsErrors = false;
        command.SetAction((parsed, _) =>
        {
            var source = new CommandConfiguration(parsed.GetValue(file), parsed.UnmatchedTokens);
            return source.Problem is { } problem ? Task.FromResult(output.Fail(problem, exitCode: 1)) : action(parsed, source);
        });
        return command;
    }

    private static Command Simple(string name, string description, Func<Task<int>> action)
    {
        var command = new Command(name, description);
        command.SetAction((_, _) => action());
        return command;
    }
}
