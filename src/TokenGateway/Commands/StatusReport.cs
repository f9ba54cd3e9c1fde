using System.Text.Json;
using TokenGateway.Management;
using TokenGateway.Tokens.Hosting;

namespace TokenGateway.Commands;

/// <summary>What the management API says of the credentials, cut down to what was asked for.</summary>
internal sealed class StatusReport : IDisposable
{
    private readonly JsonDocument _document;
    private readonly List<(CredentialDocument Credential, JsonElement Json)> _shown;

    private StatusReport(JsonDocument document, List<(CredentialDocument Credential, JsonElement Json)> asked, bool problems)
    {
        _document = document;
        Asked = [.. asked.Select(one => one.Credential)];
        _shown = problems ? asked.FindAll(one => StatusGrades.NeedsALook(one.Credential)) : asked;
    }

    /// <summary>The credentials in question: all, or the one that was named.</summary>
    public IReadOnlyList<CredentialDocument> Asked { get; }

    /// <summary>Those to be shown, worst first.</summary>
    public IReadOnlyList<CredentialDocument> Shown =>
        [.. _shown.Select(one => one.Credential).OrderBy(StatusGrades.GradeOf).ThenBy(credential => credential.Name, StringComparer.Ordinal)];

    /// <summary>Those to be shown, as an array in the API's own words and order.</summary>
    public string Json => $"[{string.Join(',', _shown.Select(one => one.Json.GetRawText()))}]";

    /// <exception cref="ManagementException">It is no answer of this API, or the named credential is not in it.</exception>
    public static StatusReport Parse(string body, StatusOptions options)
    {
        JsonDocument? document = null;
        try
        {
            document = JsonDocument.Parse(body);
            var all = document.RootElement.EnumerateArray()
                .Select(json => (json.Deserialize(ManagementJson.Default.CredentialDocument)!, json)).ToList();
            return new StatusReport(document, options.Name is null ? all : [Named(all, options.Name)], options.Problems);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            document?.Dispose();
            throw new ManagementException("What answers there is no TokenGateway of this version.");
        }
        catch (ManagementException)
        {
            document?.Dispose();
            throw;
        }
    }

    public void Dispose() => _document.Dispose();

    private static (CredentialDocument Credential, JsonElement Json) Named(
        List<(CredentialDocument Credential, JsonElement Json)> all, string name)
    {
        var index = all.FindIndex(one => one.Credential.Name == name);
        return index >= 0 ? all[index]
            : throw new ManagementException(
                $"No credential is named '{name}': {UnknownCredential.Find(name, [.. all.Select(one => one.Credential.Name)])}.");
    }
}
