using System.Text.Json;
using System.Text.RegularExpressions;
using TokenGateway.Commands;
using TokenGateway.Tests.Gateway;
using TokenGateway.Tokens;

namespace TokenGateway.Tests.Commands;

/// <summary>The commands that ask the running gateway.</summary>
public sealed partial class OperatorCommandTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("tokengateway-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Status_is_a_plain_table_where_it_is_piped_and_0_when_all_are_served()
    {
        await using var upstream = await Upstream.StartAsync();
        await using var gateway = await RunningGateway.StartAsync(upstream, new ScriptedTokens("plum", "apple"));

        var (code, output, error) = await InvokeAsync(gateway, "", "status");

        var lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal((0, "", 4), (code, error, lines.Length));
        Assert.StartsWith("NAME  SERVES STATE ", lines[0], StringComparison.Ordinal);
        Assert.StartsWith("apple yes    active ", lines[1], StringComparison.Ordinal);
        Assert.Equal("2 credentials: 2 active", lines[3]);
        Assert.DoesNotContain('\u001b', output);
        Assert.DoesNotContain('│', output);
    }

    [Fact]
    public async Task Status_says_what_is_wrong_and_what_to_do_and_is_2_while_requests_are_refused()
    {
        await using var upstream = await Upstream.StartAsync();
        var engine = new ScriptedTokens("plum");
        engine.Set(ScriptedTokens.Healthy("plum") with { State = CredentialState.ReauthorizationRequired, Usable = false, Problem = "It is dead.", Action = "Log in." });
        await using var gateway = await RunningGateway.StartAsync(upstream, engine);

        var (code, output, _) = await InvokeAsync(gateway, "", "status");

        Assert.Equal(2, code);
        Assert.Contains("plum: It is dead.", output, StringComparison.Ordinal);
        Assert.Contains("  Log in.", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(CredentialState.Active, true, null, 0, "active")]
    [InlineData(CredentialState.Rotating, true, null, 0, "rotating")]
    [InlineData(CredentialState.Active, true, "The store is away.", 1, "with a problem")]
    [InlineData(CredentialState.InDoubt, true, "It may be spent.", 1, "in doubt")]
    [InlineData(CredentialState.ReauthorizationRequired, true, "It is dead.", 1, "reauthorization required")]
    [InlineData(CredentialState.Active, false, "The secret is wrong.", 2, "refused")]
    [InlineData(CredentialState.Rotating, false, null, 2, "refused")]
    [InlineData(CredentialState.Unseeded, false, null, 2, "refused")]
    public async Task Exit_code_of_status_says_whether_requests_are_served(CredentialState state, bool usable, string? problem, int expected, string words)
    {
        await using var upstream = await Upstream.StartAsync();
        var engine = new ScriptedTokens("plum", "apple");
        engine.Set(ScriptedTokens.Healthy("plum") with { State = state, Usable = usable, Problem = problem });
        await using var gateway = await RunningGateway.StartAsync(upstream, engine);

        var (code, output, _) = await InvokeAsync(gateway, "", "status");

        Assert.Equal(expected, code);
        Assert.EndsWith(words == "active" ? "2 credentials: 2 active\n" : $"2 credentials: 1 {words}, 1 active\n", output.ReplaceLineEndings("\n"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Status_lists_the_worst_first_and_counts_them()
    {
        await using var upstream = await Upstream.StartAsync();
        await using var gateway = await RunningGateway.StartAsync(upstream, OneOfEach());

        var (code, output, _) = await InvokeAsync(gateway, "", "status");

        var lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(["e", "d", "c", "b", "a"], lines.Skip(1).Take(5).Select(line => line.Split(' ')[0]));
        Assert.Equal("5 credentials: 1 refused, 1 in doubt, 1 with a problem, 1 rotating, 1 active", lines[^1]);
        Assert.Equal(2, code);
    }

    [Fact]
    public async Task Status_can_be_cut_down_to_what_needs_a_look()
    {
        await using var upstream = await Upstream.StartAsync();
        await using var gateway = await RunningGateway.StartAsync(upstream, OneOfEach());

        var (code, output, _) = await InvokeAsync(gateway, "", "status", "--problems");
        var (_, json, _) = await InvokeAsync(gateway, "", "status", "--problems", "--json");

        Assert.Equal(["e", "d", "c"], output.Split('\n').Skip(1).Take(3).Select(line => line.Split(' ')[0]));
        Assert.DoesNotContain("\nb ", output, StringComparison.Ordinal);
        Assert.Contains("5 credentials: 1 refused", output, StringComparison.Ordinal);
        Assert.Equal(["c", "d", "e"], JsonDocument.Parse(json).RootElement.EnumerateArray().Select(one => one.GetProperty("name").GetString()));
        Assert.Equal(2, code);
    }

    [Theory]
    [InlineData("a", 0, "1 credential: 1 active")]
    [InlineData("d", 1, "1 credential: 1 in doubt")]
    [InlineData("e", 2, "1 credential: 1 refused")]
    public async Task Status_of_one_credential_is_about_that_one(string name, int expected, string summary)
    {
        await using var upstream = await Upstream.StartAsync();
        await using var gateway = await RunningGateway.StartAsync(upstream, OneOfEach());

        var (code, output, _) = await InvokeAsync(gateway, "", "status", name);
        var (_, json, _) = await InvokeAsync(gateway, "", "status", "--TokenGateway:ShutdownDelay=00:00:01", name, "--json");

        Assert.Equal((expected, summary), (code, output.Split('\n', StringSplitOptions.RemoveEmptyEntries)[^1]));
        Assert.Equal(name, JsonDocument.Parse(json).RootElement.EnumerateArray().Single().GetProperty("name").GetString());
    }

    [Fact]
    public async Task Status_of_a_name_that_is_spelled_nearly_right_says_what_was_meant()
    {
        await using var upstream = await Upstream.StartAsync();
        await using var gateway = await RunningGateway.StartAsync(upstream, new ScriptedTokens("plum"));

        var (code, _, error) = await InvokeAsync(gateway, "", "status", "plam");

        Assert.Equal(3, code);
        Assert.Contains("did you mean 'plum'?", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(48, "NAME SERVES STATE ")]
    [InlineData(88, "NAME SERVES STATE ACCESS EXPIRES NEXT ROTATION ")]
    [InlineData(200, "NAME SERVES STATE ACCESS EXPIRES NEXT ROTATION GENERATION LAST ROTATION VALIDATION REFRESH EXPIRES GRANT ")]
    public async Task Status_on_a_terminal_leaves_out_what_it_has_no_room_for_and_never_the_name_and_the_state(int width, string columns)
    {
        await using var upstream = await Upstream.StartAsync();
        var engine = new ScriptedTokens("plum");
        engine.Set(ScriptedTokens.Healthy("plum") with { State = CredentialState.ReauthorizationRequired });
        await using var gateway = await RunningGateway.StartAsync(upstream, engine);

        var (_, output, _) = await InvokeAsync(gateway, "", width, "status");

        var lines = Colour().Replace(output, "").Split('\n');
        Assert.Equal(columns.Split(' ', StringSplitOptions.RemoveEmptyEntries), lines[1].Split(['│', ' ', '\r'], StringSplitOptions.RemoveEmptyEntries));
        Assert.Contains(" plum │ yes    │ reauthorization_required ", lines[3], StringComparison.Ordinal);
        Assert.All(lines.Take(5), line => Assert.True(line.TrimEnd().Length <= width, line));
        Assert.Equal(width < 200, output.Contains("No room for: ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Status_as_json_is_the_management_apis_document()
    {
        await using var upstream = await Upstream.StartAsync();
        await using var gateway = await RunningGateway.StartAsync(upstream, new ScriptedTokens("plum"));

        var (code, output, _) = await InvokeAsync(gateway, "", "status", "--json");

        Assert.Equal(0, code);
        Assert.True(JsonElement.DeepEquals(JsonDocument.Parse(await gateway.Management.GetStringAsync("api/credentials")).RootElement, JsonDocument.Parse(output).RootElement));
    }

    [Fact]
    public async Task Status_that_watches_tells_each_change_goes_on_while_the_gateway_is_away_and_ends_with_what_it_saw_last()
    {
        await using var upstream = await Upstream.StartAsync();
        var engine = new ScriptedTokens("plum");
        var gateway = await RunningGateway.StartAsync(upstream, engine);
        var address = gateway.Host.ManagementAddresses.Single();
        using var command = new GatewayProcess(_folder, "status", "--watch", "--config", await WriteAsync(address));
        await command.ReadAsync(line => line.StartsWith("plum yes    active ", StringComparison.Ordinal));

        engine.Set(ScriptedTokens.Healthy("plum") with { Generation = 8, Usable = false, Problem = "It is dead.", Action = "Log in." });
        Assert.Equal("plum: It is dead.", (await command.ReadAsync(line => line.StartsWith("plum: ", StringComparison.Ordinal)))[^1]);
        await gateway.DisposeAsync();
        await command.ReadErrorAsync(line => line.StartsWith("No gateway answers", StringComparison.Ordinal));
        await using var again = await RunningGateway.StartAsync(upstream, new ScriptedTokens("plum"), ("Management:Url", address));
        await command.ReadAsync(line => line == "1 credential: 1 active");
        await command.SignalAsync("-TERM");
        var (code, output, error) = await command.ExitAsync();

        Assert.Equal((0, "", ""), (code, output, error));
    }

    [Fact]
    public async Task Status_that_watches_ends_at_once_where_no_gateway_has_ever_answered()
    {
        using var command = new GatewayProcess(_folder, "status", "--watch", "--config", await WriteAsync("http://127.0.0.1:1"));

        var (code, output, error) = await command.ExitAsync();

        Assert.Equal((3, ""), (code, output));
        Assert.Contains("TokenGateway:Management:Url", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Watching_ends_with_3_where_the_gateway_is_away_at_the_end()
    {
        await using var upstream = await Upstream.StartAsync();
        var gateway = await RunningGateway.StartAsync(upstream, new ScriptedTokens("plum"));
        using var command = new GatewayProcess(_folder, "status", "--watch", "--url", gateway.Host.ManagementAddresses.Single());
        await command.ReadAsync(line => line == "1 credential: 1 active");

        await gateway.DisposeAsync();
        await command.ReadErrorAsync(line => line.StartsWith("No gateway answers", StringComparison.Ordinal));
        await command.SignalAsync("-TERM");

        Assert.Equal(3, (await command.ExitAsync()).Code);
    }

    [Theory]
    [InlineData(ValidationVerdict.Valid, 0, "plum: valid")]
    [InlineData(ValidationVerdict.Invalid, 0, "plum: invalid")]
    [InlineData(ValidationVerdict.Unknown, 1, "plum: unknown")]
    public async Task Validate_tells_the_verdict(ValidationVerdict verdict, int expected, string words)
    {
        await using var upstream = await Upstream.StartAsync();
        await using var gateway = await RunningGateway.StartAsync(upstream, new ScriptedTokens("plum") { NextVerdict = verdict });

        var (code, output, _) = await InvokeAsync(gateway, "", "validate", "plum");

        Assert.Equal((expected, words), (code, output.Trim()));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Reseed_hands_over_what_the_file_or_standard_input_holds(bool file)
    {
        await using var upstream = await Upstream.StartAsync();
        var engine = new ScriptedTokens("plum");
        await using var gateway = await RunningGateway.StartAsync(upstream, engine);
        var path = Path.Combine(_folder, "refresh-token");
        await File.WriteAllTextAsync(path, "refresh_token_1\n");

        var (code, output, error) = await InvokeAsync(gateway, "refresh_token_1\n", "reseed", "plum", "--refresh-token-file", file ? path : "-");

        Assert.Equal((0, ""), (code, error));
        Assert.Equal("refresh_token_1", engine.HandedOver!.Reveal());
        Assert.DoesNotContain("refresh_token_1", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Reseed_that_is_refused_is_1_and_in_words()
    {
        await using var upstream = await Upstream.StartAsync();
        await using var gateway = await RunningGateway.StartAsync(upstream, new ScriptedTokens("plum") { NextReseed = new ReseedReport(ReseedOutcome.SeedSpent, "Log in again.") });

        var (code, _, error) = await InvokeAsync(gateway, "refresh_token_1", "reseed", "plum", "--refresh-token-file", "-");

        Assert.Equal((1, "This refresh token is spent. Log in again."), (code, error.Trim()));
    }

    [Fact]
    public async Task Reseed_with_nothing_to_hand_over_says_so()
    {
        await using var upstream = await Upstream.StartAsync();
        var engine = new ScriptedTokens("plum");
        await using var gateway = await RunningGateway.StartAsync(upstream, engine);

        var (code, _, error) = await InvokeAsync(gateway, "\n", "reseed", "plum", "--refresh-token-file", "-");

        Assert.Equal((1, "Standard input holds no refresh token.", null), (code, error.Trim(), engine.HandedOver));
    }

    /// <summary>From a, which is well, to e, which is refused.</summary>
    private static ScriptedTokens OneOfEach()
    {
        var engine = new ScriptedTokens("a", "b", "c", "d", "e");
        engine.Set(ScriptedTokens.Healthy("b") with { State = CredentialState.Rotating });
        engine.Set(ScriptedTokens.Healthy("c") with { Problem = "The store is away." });
        engine.Set(ScriptedTokens.Healthy("d") with { State = CredentialState.InDoubt, Problem = "It may be spent." });
        engine.Set(ScriptedTokens.Healthy("e") with { Usable = false, Problem = "The secret is wrong." });
        return engine;
    }

    private Task<(int Code, string Output, string Error)> InvokeAsync(RunningGateway gateway, string input, params string[] args) => InvokeAsync(gateway, input, width: null, args);

    /// <param name="gateway">Who is asked.</param>
    /// <param name="input">What stands on standard input.</param>
    /// <param name="width">That of the terminal; null where there is none.</param>
    /// <param name="args">The command.</param>
    private async Task<(int Code, string Output, string Error)> InvokeAsync(RunningGateway gateway, string input, int? width, params string[] args)
    {
        var file = await WriteAsync(gateway.Host.ManagementAddresses.Single());
        var (output, error) = (new StringWriter(), new StringWriter());
        var code = await GatewayCommandLine.InvokeAsync([.. args, "--config", file], new CommandOutput(output, error) { In = new StringReader(input), IsTerminal = width is not null, Width = width });
        return (code, output.ToString(), error.ToString());
    }

    [GeneratedRegex("\u001b\\[[0-9;]*m", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Colour();

    private async Task<string> WriteAsync(string management)
    {
        var file = Path.Combine(_folder, "gateway.json");
        await File.WriteAllTextAsync(file, $$"""{ "Urls": "http://127.0.0.1:0", "TokenGateway": { "Management": { "Url": "{{management}}" } } }""");
        return file;
    }
}
