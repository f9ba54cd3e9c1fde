using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Primitives;
using TokenGateway.Configuration;
using TokenGateway.Tokens.Configuration;

namespace TokenGateway.Tests.Configuration;

public sealed class ConfigurationSourcesTests : IDisposable
{
    // Longer than two polls of the file, four seconds each.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("tokengateway-sources-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void Build_later_sources_win()
    {
        Write("appsettings.json", """{ "SOURCES_TEST": { "A": "json", "B": "json", "C": "json", "D": "json", "E": "json" } }""");
        using var host = new Variable("ASPNETCORE_SOURCES_TEST__A", "host");
        using var onlyHost = new Variable("ASPNETCORE_SOURCES_TEST__F", "host");
        using var b = new Variable("SOURCES_TEST__B", "environment");
        using var c = new Variable("SOURCES_TEST__C", "environment");
        using var d = new Variable("SOURCES_TEST__D", "environment");
        Write("secrets/SOURCES_TEST__C", "secret\n");
        Write("secrets/SOURCES_TEST__D", "secret\n");

        var result = (Sources() with { CommandLine = ["--SOURCES_TEST:D=command"] }).Build();

        Assert.Empty(result.Errors);
        Assert.Equal(
            ["json", "environment", "secret", "command", "json", "host"],
            new[] { "A", "B", "C", "D", "E", "F" }.Select(key => result.Value![$"SOURCES_TEST:{key}"]));
    }

    [Fact]
    public void Build_without_any_file_is_accepted() => Assert.Empty(Sources().Build().Errors);

    [Fact]
    public void Build_in_a_folder_that_is_gone_is_accepted() =>
        Assert.Empty((Sources() with { WorkingDirectory = "/nowhere" }).Build().Errors);

    [Fact]
    public void Build_the_file_of_config_replaces_the_default_one()
    {
        Write("appsettings.json", """{ "A": "default", "B": "default" }""");
        Write(".other.json", """{ "A": "other" }""");

        var root = (Sources() with { File = ".other.json" }).Build().Value!;

        Assert.Equal(("other", null), (root["A"], root["B"]));
    }

    [Fact]
    public void Build_a_missing_file_of_config_is_an_error() =>
        Assert.Equal(
            [new SettingError(Path.Combine(_folder.FullName, "gone.json"), "does not exist; --config must name a JSON file")],
            (Sources() with { File = "gone.json" }).Build().Errors);

    [Theory]
    [InlineData("{\n  \"ClientSecret\": tsecret_1\n}", "is not valid JSON at line 2, byte 20; correct it there or just before")]
    [InlineData("{\n  \"A\": 1\n  \"B\": 2\n}", "is not valid JSON at line 3, byte 3; correct it there or just before")]
    [InlineData("{", "is not valid JSON at line 1, byte 2; correct it there or just before")]
    [InlineData("", "is not valid JSON at line 1, byte 1; correct it there or just before")]
    [InlineData("{ \"A\": 1, \"a\": 2 }", "cannot be used: A duplicate key 'a' was found.")]
    public void Build_a_broken_file_is_told_in_one_line_without_its_content(string json, string message)
    {
        var path = Write("appsettings.json", json);

        Assert.Equal([new SettingError(path, message)], Sources().Build().Errors);
    }

    [Fact]
    public void Build_an_argument_that_is_no_setting_is_an_error_that_does_not_repeat_it() =>
        Assert.Equal(
            [new SettingError("command line", "holds an argument that is no setting; write settings as --Key=Value")],
            (Sources() with { CommandLine = ["-ClientSecret=hidden"] }).Build().Errors);

    [Fact]
    public async Task Build_a_broken_edit_keeps_what_was_read_and_a_sound_one_is_taken_up()
    {
        var path = Write("appsettings.json", """{ "A": "first" }""");
        var failed = new TaskCompletionSource<SettingError>(TaskCreationOptions.RunContinuationsAsynchronously);
        var root = (Sources() with { ReloadFailed = error => failed.TrySetResult(error) }).Build().Value!;

        Write("appsettings.json", """{ "A": """);
        var error = await failed.Task.WaitAsync(Patience);

        Assert.Equal(path, error.Path);
        Assert.StartsWith("is not valid JSON at line 1", error.Message, StringComparison.Ordinal);
        Assert.Equal("first", root["A"]);

        var second = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var watch = ChangeToken.OnChange(root.GetReloadToken, () => Complete(second, root));
        Write("appsettings.json", """{ "A": "second" }""");
        Complete(second, root);

        await second.Task.WaitAsync(Patience);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("appsettings.json")]
    public async Task Build_a_file_that_goes_keeps_what_was_read_until_it_is_back(string? config)
    {
        var path = Write("appsettings.json", """{ "A": "first" }""");
        var failed = new TaskCompletionSource<SettingError>(TaskCreationOptions.RunContinuationsAsynchronously);
        var reloaded = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var root = (Sources() with { File = config, ReloadFailed = error => failed.TrySetResult(error), Reloaded = () => reloaded.TrySetResult() }).Build().Value!;

        File.Delete(path);
        var error = await failed.Task.WaitAsync(Patience);

        Assert.Equal(new SettingError(path, "is gone; put it back"), error);
        Assert.Equal("first", root["A"]);

        Write("appsettings.json", """{ "A": "second" }""");
        await reloaded.Task.WaitAsync(Patience);

        Assert.Equal("second", root["A"]);
    }

    [Fact]
    public async Task Build_a_file_that_comes_after_the_start_is_taken_up()
    {
        var reloaded = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var root = (Sources() with { Reloaded = () => reloaded.TrySetResult() }).Build().Value!;

        Write("appsettings.json", """{ "A": "first" }""");
        await reloaded.Task.WaitAsync(Patience);

        Assert.Equal("first", root["A"]);
    }

    private static void Complete(TaskCompletionSource second, IConfigurationRoot root)
    {
        if (root["A"] is "second")
        {
            second.TrySetResult();
        }
    }

    private ConfigurationSources Sources() => new()
    {
        WorkingDirectory = _folder.FullName,
        SecretsDirectory = Path.Combine(_folder.FullName, "secrets"),
    };

    private string Write(string name, string content)
    {
        var path = Path.Combine(_folder.FullName, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, content);
        return path;
    }

    private sealed class Variable : IDisposable
    {
        private readonly string _name;

        public Variable(string name, string value)
        {
            _name = name;
            Environment.SetEnvironmentVariable(name, value);
        }

        public void Dispose() => Environment.SetEnvironmentVariable(_name, null);
    }
}
