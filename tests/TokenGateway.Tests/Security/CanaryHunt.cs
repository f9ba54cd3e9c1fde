using System.Text;

namespace TokenGateway.Tests.Security;

/// <summary>Looks for canaries as they are, in UTF-16 and in base64, and for the encryption key as text and as bytes.</summary>
internal sealed class CanaryHunt(string keyText, byte[] keyBytes)
{
    private const string Mark = "c4n4ry";

    private readonly List<string> _places = [];
    private readonly List<string> _found = [];
    private readonly List<byte[]> _prey = [.. Shapes(Mark), Encoding.UTF8.GetBytes(keyText), keyBytes];

    /// <summary>Where was looked.</summary>
    public IReadOnlyList<string> Places => _places;

    /// <summary>Where something was.</summary>
    public IReadOnlyList<string> Found => _found;

    public static string Canary(string field) => $"{Mark}-{field}";

    public void Look(string place, string text) => Look(place, Encoding.UTF8.GetBytes(text));

    public void Look(string place, ReadOnlySpan<byte> bytes)
    {
        _places.Add(place);
        foreach (var prey in _prey)
        {
            if (bytes.IndexOf(prey) >= 0)
            {
                _found.Add(place);
                return;
            }
        }
    }

    /// <summary>In base64 the text looks different for each of three places to begin at; the first and last characters depend on its neighbours.</summary>
    private static IEnumerable<byte[]> Shapes(string text)
    {
        yield return Encoding.UTF8.GetBytes(text);
        yield return Encoding.Unicode.GetBytes(text);
        for (var before = 0; before < 3; before++)
        {
            var encoded = Convert.ToBase64String(Encoding.UTF8.GetBytes(new string('x', before) + text));
            yield return Encoding.UTF8.GetBytes(encoded[(before == 0 ? 0 : before + 1)..((before + text.Length) / 3 * 4)]);
        }
    }
}
