using System.Text.Json;
using CsCheck;
using Microsoft.Extensions.Configuration;
using TokenGateway.Configuration;
using TokenGateway.Testing;
using TokenGateway.Tokens.Tests.Properties;
using Xunit.Abstractions;

namespace TokenGateway.Tests.Configuration;

/// <summary>Whatever somebody writes into a configuration: it is accepted or it is told what is wrong, by path, and no secret is repeated.</summary>
public sealed class AnyConfigurationTests(ITestOutputHelper output)
{
    private const string Mark = "c4n4ry";

    private static readonly string[] Paths = [.. SchemaPaths("TokenGateway", JsonDocument.Parse(RepositoryFile.Read("appsettings.schema.json")).RootElement.GetProperty("properties").GetProperty("TokenGateway"))];

    private static readonly Gen<string?> Value = Gen.Frequency(
        (4, Gen.OneOf<string?>(
            null, "", " ", "null", "true", "False", "0", "-1", "1", "65536", "NaN", "1e309", "99999999999999999999", "0x10", "00:00:05", "00:00:00.0000001", "-00:00:01", "10675199.02:48:05.4775807",
            "99999999.00:00:00", "24:00:00", "http://127.0.0.1:1", "http://[::1", "https://api.example.com/a?b=c#d", "https://user:word@example.com", "//example.com", "file:///etc/passwd", "http://*:80", "*",
            "generic", "xoxoday", "Embedded", "Redis", "json", "form", "client_secret_basic", "Grace", "Validate", "UseToken", "localhost:6379,user=a,password=b,ssl=true", ",,,=", "/dev/null/x", "\0", "\ud800", "\r\n",
            "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=")),
        (1, Gen.String[0, 40]!),
        (1, Gen.Const<string?>($"{Mark} with a blank and \u0001")),
        (1, Gen.Const<string?>(Mark)));

    private static readonly Gen<string> Path = Gen.Frequency(
        (8, Gen.OneOf(Paths)),
        (2, Gen.Select(Gen.OneOf(Paths), Gen.OneOf(":0", ":1", ":-1", ":x", ":", "::", "File", "Files:0", " "), (path, end) => path + end)),
        (1, Gen.Select(Gen.OneOf(Paths), Gen.Int[1, 60], (path, length) => path[..Math.Min(length, path.Length)])),
        (1, Gen.String[0, 30].Select(end => "TokenGateway:" + end)),
        (1, Gen.OneOf("Urls", "Kestrel:Endpoints:a:Url", "ASPNETCORE_URLS", "ASPNETCORE_HTTP_PORTS", "URLS", "HTTP_PORTS")));

    private static readonly Gen<(string Path, string? Value)[]> Settings = Gen.Select(Path, Value).Array[0, 16];

    private readonly Property _property = new(output);

    [Fact]
    public void Any_configuration_is_accepted_or_each_error_has_its_path() => _property.Holds(
        Settings,
        settings =>
        {
            using var root = (ConfigurationRoot)new ConfigurationBuilder()
                .AddInMemoryCollection(settings.DistinctBy(setting => setting.Path, StringComparer.OrdinalIgnoreCase).Select(setting => KeyValuePair.Create(setting.Path, setting.Value)))
                .Build();

            var read = StartupSettings.Read(root, []);

            Assert.Equal(read.Errors.Count > 0, read.Value is null);
            foreach (var error in read.Errors)
            {
                Assert.False(string.IsNullOrWhiteSpace(error.Path) || string.IsNullOrWhiteSpace(error.Message));
                if (IsSecret(error.Path))
                {
                    Assert.DoesNotContain(Mark, error.Message, StringComparison.Ordinal);
                }
            }

        },
        settings => string.Join('\n', settings.Select(setting => $"{setting.Path} = {setting.Value}")));

    private static bool IsSecret(string path) =>
        path.EndsWith("Token", StringComparison.Ordinal) || path.EndsWith("Secret", StringComparison.Ordinal) || path.EndsWith("ApiKey", StringComparison.Ordinal)
        || path.Contains("Keys:", StringComparison.Ordinal) || path.EndsWith("Store:Redis", StringComparison.Ordinal);

    private static IEnumerable<string> SchemaPaths(string path, JsonElement schema)
    {
        yield return path;
        if (path.EndsWith(":Credentials", StringComparison.Ordinal))
        {
            foreach (var inner in new[] { "plum", "a pear" }.SelectMany(name => SchemaPaths($"{path}:{name}", schema.GetProperty("additionalProperties"))))
            {
                yield return inner;
            }
        }

        if (schema.TryGetProperty("properties", out var properties))
        {
            foreach (var inner in properties.EnumerateObject().SelectMany(property => SchemaPaths($"{path}:{property.Name}", property.Value)))
            {
                yield return inner;
            }
        }
    }
}
