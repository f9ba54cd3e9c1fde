using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.Configuration;

namespace TokenGateway.Tokens.Configuration;

/// <summary>A JSON object as the keys and values of a configuration, so that data of our own is read as strictly as what a user writes.</summary>
internal static class FlatJson
{
    /// <param name="stream">The object.</param>
    /// <param name="path">What every key begins with.</param>
    public static Dictionary<string, string?> Read(Stream stream, string path)
    {
        using var document = JsonDocument.Parse(stream);
        var flat = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);
        Add(flat, path, document.RootElement);
        return flat;
    }

    private static void Add(Dictionary<string, string?> flat, string path, JsonElement element)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                foreach (var member in element.EnumerateObject())
                {
                    Add(flat, ConfigurationPath.Combine(path, member.Name), member.Value);
                }

                break;
            case JsonValueKind.Array:
                foreach (var (index, item) in element.EnumerateArray().Index())
                {
                    Add(flat, ConfigurationPath.Combine(path, index.ToString(CultureInfo.InvariantCulture)), item);
                }

                break;
            default:
                flat.Add(path, element.ToString());
                break;
        }
    }
}
