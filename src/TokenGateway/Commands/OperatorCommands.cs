using System.CommandLine;

namespace TokenGateway.Commands;

/// <summary>The commands that ask the running gateway, and how they are called.</summary>
internal sealed class OperatorCommands(Option<string?> file, CommandOutput output)
{
    private readonly Option<string?> _url = new("--url")
    {
        Description = "Where the gateway's management listener is, as in http://127.0.0.1:8081; "
            + $"{ManagementTarget.UrlVariable} says the same. No configuration is read then.",
        HelpName = "URL",
    };

    private readonly Option<string?> _keyFile = new("--key-file")
    {
        Description = "The file that holds the management API key. It is not taken from the command line, where others can read it.",
        HelpName = "FILE",
    };

    public IEnumerable<Command> All() => [Status(), Rotate(), Validate(), Reseed(), Login(), Probe()];

    private Command Status()
    {
        var name = new Argument<string?>("NAME") { Description = "The only credential to show.", Arity = ArgumentArity.ZeroOrOne };
        var problems = new Option<bool>("--problems") { Description = "Shows only credentials that need a look." };
        var json = new Option<bool>("--json") { Description = "Prints what the management API answers, instead of a table." };
        var watch = new Option<bool>("--watch") { Description = "Goes on until Ctrl-C: in place on a terminal, at every change where it is piped." };
        var command = new Command(
            "status",
            "Shows the credentials of the running gateway, worst first. Exit code 0 when all are served and nothing needs a look, "
            + "1 when something does, 2 when requests of some are refused, 3 when the gateway could not be asked.") { name, problems, json, watch };
        return ForGateway(
            command,
            (parsed, target, _) => StatusCommand.RunAsync(
                target,
                new StatusOptions(SplitWords(parsed, name).Name, parsed.GetValue(problems), parsed.GetValue(json), parsed.GetValue(watch)),
                output),
            StatusCommand.NotAsked,
            parsed => SplitWords(parsed, name).Settings);
    }

    /// <summary>Where the name may be left out, the parser takes the first setting for it.</summary>
    private static (string? Name, IReadOnlyList<string> Settings) SplitWords(ParseResult parsed, Argument<string?> name)
    {
        var words = parsed.UnmatchedTokens.ToList();
        if (parsed.GetValue(name) is { } first)
        {
            words.Insert(0, first);
        }

        var index = words.FindIndex(word => !word.StartsWith("--", StringComparison.Ordinal));
        var found = index < 0 ? null : words[index];
        words.RemoveRange(Math.Max(index, 0), index < 0 ? 0 : 1);
        return (found, words);
    }

    private Command Rotate()
    {
        var name = Credential();
        var force = new Option<bool>("--force")
        {
            Description = "Sends the refresh token even if it is in doubt or was called dead. "
                + "If it was spent, the provider may revoke the whole family.",
        };
        var command = new Command("rotate", "Asks the running gateway for a rotation now. Exit code 0 when there is a new token.") { name, force };
        return ForGateway(
            command, (parsed, target, _) => RotateCommand.RunAsync(target, parsed.GetValue(name)!, parsed.GetValue(force), output));
    }

    private Command Validate()
    {
        var name = Credential();
        var command = new Command(
            "validate", "Has the running gateway ask the provider about the access token in use. Exit code 0 when there is a verdict.") { name };
        return ForGateway(command, (parsed, target, _) => ValidateCommand.RunAsync(target, parsed.GetValue(name)!, output));
    }

    private Command Reseed()
    {
        var name = Credential();
        var seed = new Option<string>("--refresh-token-file")
        {
            Description = "The file that holds the new refresh token; - reads it from standard input. "
                + "It is not taken from the command line, where others can read it.",
            HelpName = "FILE",
            Required = true,
        };
        var command = new Command(
            "reseed", "Hands a new refresh token over to the running gateway. Exit code 0 when the provider has accepted it.") { name, seed };
        return ForGateway(
            command, (parsed, target, _) => ReseedCommand.RunAsync(target, parsed.GetValue(name)!, parsed.GetValue(seed)!, output));
    }

    private Command Login()
    {
        var name = Credential();
        var command = new Command(
            "login",
            "Begins a login at the provider through the running gateway, and waits for its end. Exit code 0 when the new tokens are stored.") { name };
        return ForGateway(command, (parsed, target, cancelled) => LoginCommand.RunAsync(target, parsed.GetValue(name)!, output, cancelled));
    }

    private Command Probe()
    {
        var which = new Argument<string>("ready|live")
        {
            Description = "What to ask: whether it is ready for requests, or whether it is alive.",
        };
        which.AcceptOnlyFromAmong(ProbeCommand.Ready, ProbeCommand.Live);
        var command = new Command(
            "probe", "Asks the running gateway's management listener, for images without a shell. Exit code 0 for yes, 1 for no.") { which };
        return ForGateway(command, (parsed, target, _) => ProbeCommand.RunAsync(target, parsed.GetValue(which)!, output));
    }

    private static Argument<string> Credential() => new("NAME") { Description = "The credential's name in the configuration." };

    private Command ForGateway(
        Command command,
        Func<ParseResult, ManagementTarget, CancellationToken, Task<int>> action,
        int exitCode = 1,
        Func<ParseResult, IReadOnlyList<string>>? settings = null)
    {
        command.Add(_url);
        command.Add(_keyFile);
        return GatewayCommandLine.WithSettings(
            command, file, (parsed, source, cancelled) => action(parsed, TargetOf(parsed, source), cancelled), output, exitCode, settings);
    }

    private ManagementTarget TargetOf(ParseResult parsed, CommandConfiguration source)
    {
        var url = parsed.GetValue(_url) ?? Environment.GetEnvironmentVariable(ManagementTarget.UrlVariable);
        return new ManagementTarget(source, string.IsNullOrWhiteSpace(url) ? null : url.Trim(), parsed.GetValue(_keyFile));
    }
}
