using System.Text.Json.Nodes;
using Microsoft.Extensions.Configuration;
using TokenGateway.Tests.EndToEnd;
using TokenGateway.Tokens.Configuration;

namespace TokenGateway.Tests.Cases;

/// <summary>
/// One gateway process that plays all cases at the same time, each as a credential and a route of its own. A case whose settings are refused is left out of it,
/// so that it takes no other with it.
/// </summary>
public sealed class CaseGateway : IAsyncLifetime
{
    private readonly Dictionary<string, Task> _played = new(StringComparer.Ordinal);
    private readonly string _folder = Directory.CreateTempSubdirectory("tokengateway-cases-").FullName;
    private CaseProvider? _provider;
    private GatewayProcess? _gateway;

    public async Task InitializeAsync()
    {
        _provider = await CaseProvider.StartAsync();
        var settings = ProviderCase.All.Values.ToDictionary(each => each.Id, SettingsOf, StringComparer.Ordinal);
        var refused = Refused(settings);
        var playable = settings.Where(each => !refused.ContainsKey(each.Key)).ToDictionary(StringComparer.Ordinal);
        var file = Path.Combine(_folder, "appsettings.json");
        await File.WriteAllTextAsync(file, Configuration(playable.Keys).ToJsonString());
        _gateway = await GatewayProcess.StartAsync(
            file, playable.SelectMany(each => each.Value.Select(setting => KeyValuePair.Create($"TokenGateway__Credentials__{each.Key}__{setting.Key}", setting.Value)))
                .ToDictionary(StringComparer.Ordinal));
        foreach (var each in ProviderCase.All.Values)
        {
            _played[each.Id] = refused.TryGetValue(each.Id, out var errors)
                ? Task.FromException(new InvalidOperationException($"The case's settings are refused: {errors}"))
                : new CasePlayer(each, _gateway, _provider.For(each.Id)).PlayAsync();
        }
    }

    /// <summary>Ends when the case has been played, with what was not as it must be as an exception.</summary>
    public Task PlayedAsync(string id) => _played[id];

    public async Task DisposeAsync()
    {
        await (_gateway?.DisposeAsync() ?? ValueTask.CompletedTask);
        await (_provider?.DisposeAsync() ?? ValueTask.CompletedTask);
        Directory.Delete(_folder, recursive: true);
    }

    private Dictionary<string, string> SettingsOf(ProviderCase each)
    {
        var settings = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["TokenEndpoint"] = $"{_provider!.Url}/token/{each.Id}",
            ["ClientId"] = $"client-of-{each.Id}",
            ["ClientSecret"] = "secret",
            ["RefreshToken"] = $"seed-of-{each.Id}",
            ["MinRefreshInterval"] = "00:00:00.5",
        };
        if (each.Validation is not null)
        {
            settings["ValidateEndpoint"] = $"{_provider.Url}/validate/{each.Id}";
        }

        foreach (var (name, value) in each.Settings)
        {
            settings.Remove(name);
            if (value is not null)
            {
                settings.Add(name, value);
            }
        }

        return settings;
    }

    private static Dictionary<string, string> Refused(Dictionary<string, Dictionary<string, string>> settings)
    {
        var root = new ConfigurationBuilder().AddInMemoryCollection(settings.SelectMany(each => each.Value.Select(setting =>
            KeyValuePair.Create<string, string?>($"TokenGateway:Credentials:{each.Key}:{setting.Key.Replace("__", ":", StringComparison.Ordinal)}", setting.Value)))).Build();
        return TokenGatewaySettingsReader.Read(root).Errors
            .Where(error => error.Path.StartsWith("TokenGateway:Credentials:", StringComparison.Ordinal))
            .GroupBy(error => error.Path.Split(':')[2], StringComparer.Ordinal)
            .ToDictionary(errors => errors.Key, errors => string.Join("; ", errors), StringComparer.Ordinal);
    }

    private JsonObject Configuration(IEnumerable<string> ids) => new()
    {
        ["Urls"] = "http://127.0.0.1:0",
        ["ReverseProxy"] = new JsonObject
        {
            ["Routes"] = new JsonObject(ids.Select(id => KeyValuePair.Create<string, JsonNode?>(id, new JsonObject
            {
                ["ClusterId"] = "api",
                ["Match"] = new JsonObject { ["Path"] = $"/{id}/{{**rest}}" },
                ["Transforms"] = new JsonArray(new JsonObject { ["BearerToken"] = id }),
            }))),
            ["Clusters"] = JsonNode.Parse($$"""{ "api": { "Destinations": { "api": { "Address": "{{_provider!.Url}}/api/" } } } }"""),
        },
        ["TokenGateway"] = new JsonObject
        {
            ["Management"] = new JsonObject { ["Url"] = "http://127.0.0.1:0" },
            ["ShutdownDelay"] = "00:00:00",
            ["Store"] = new JsonObject { ["Path"] = Path.Combine(_folder, "tokens.db"), ["JournalPath"] = Path.Combine(_folder, "journal") },
            ["Encryption"] = new JsonObject { ["Keys"] = new JsonArray(Convert.ToBase64String(new byte[32])) },
        },
    };
}
