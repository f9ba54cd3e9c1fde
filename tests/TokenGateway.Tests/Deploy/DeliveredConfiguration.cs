using System.Text;
using Microsoft.Extensions.Configuration;
using TokenGateway.Configuration;
using TokenGateway.Hosting;

namespace TokenGateway.Tests.Deploy;

/// <summary>A delivered <c>appsettings.json</c>, whose secrets are looked for in a temporary folder.</summary>
internal sealed class DeliveredConfiguration : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("tokengateway-delivered-");
    private readonly string _json;

    /// <param name="json">The whole file.</param>
    /// <param name="secretsFolder">How the file's paths to secrets begin.</param>
    public DeliveredConfiguration(string json, string secretsFolder)
    {
        Assert.Contains($"\"{secretsFolder}/", json, StringComparison.Ordinal);
        _json = json.Replace($"\"{secretsFolder}/", $"\"{_folder.FullName}/", StringComparison.Ordinal);
    }

    public string Folder => _folder.FullName;

    public void WriteSecret(string name, string secret) => File.WriteAllText(Path.Combine(Folder, name), secret);

    /// <summary>What <c>run</c> and <c>check</c> make of it.</summary>
    /// <exception cref="StartupException">Something is wrong with it.</exception>
    public Task<StartupSettings> CheckAsync(params (string Key, string Value)[] edits)
    {
        var root = new ConfigurationBuilder()
            .AddJsonStream(new MemoryStream(Encoding.UTF8.GetBytes(_json)))
            .AddInMemoryCollection(edits.Select(edit => KeyValuePair.Create(edit.Key, (string?)edit.Value)))
            .Build();
        return ConfigurationCheck.ReadAsync(root, []);
    }

    public void Dispose() => _folder.Delete(recursive: true);
}
